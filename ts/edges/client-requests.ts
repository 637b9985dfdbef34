/**
 * Requests that recorded code makes go out with the ids of their trace, so that what they lead to in other processes
 * belongs to them: a header `traceparent`, where the program has set none.
 *
 *     http.get("http://127.0.0.1:8080/")
 *     // GET / HTTP/1.1
 *     // traceparent: 00-5c1f…-9d0e…-01
 *
 * `node:http` and `node:https` get it as Node writes the head of a request, so no object of the program's has it. The function of
 * Node's that does is replaced when Node says that there are requests. `fetch` and other uses of undici get it as undici says that a
 * request was made.
 * Limits: HTTP/2 goes out without. A request is of the call that has its head written: that writes to it or ends it. Node
 * before 22.12 says nothing before a head is written: there `node:http` is loaded at once.
 */
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { traceHere, traceOf } from "../runtime/context";
import { link, linkActive, newSpan, OUT } from "../runtime/links";
import { apply, indexOf, isArray, slice, startsWith } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { PROPAGATE, state } from "../runtime/state";
import {
  headerOf,
  parseTraceParent,
  TRACE_PARENT,
  TRACE_STATE,
  traceParent,
} from "../runtime/trace-parent";
import { beginSent, beginUndici } from "./http-spans";
import { putBack, replace, type Replaced } from "./replaced";

/** A request of undici's, as far as it is of use here. */
interface UndiciRequest {
  /** Text in versions 4 and 5. */
  readonly headers: unknown;
  readonly addHeader?: (name: string, value: string) => unknown;
}

const CREATED = "http.client.request.created";
const UNDICI = "undici:request:create";
const STORE_HEADER = "_storeHeader";
const LINE_END = "\r\n";

const undici = channel(UNDICI);

/** Node's function that writes the head of a request or response. */
let heeded: Replaced | undefined;
let follows = false;

/** Begins to see requests. */
export function followClient(): void {
  if (follows) return;
  follows = true;
  subscribe(UNDICI, comeLast);
  subscribe(UNDICI, beginFetch);
  if (heeded !== undefined) return;
  if (saysCreated(process.versions.node)) {
    subscribe(CREATED, beginFirst);
  } else {
    const { OutgoingMessage } = process.getBuiltinModule("node:http");
    heedHeaders(OutgoingMessage.prototype);
  }
}

/** Ends it. */
export function leaveClient(): void {
  follows = false;
  unsubscribe(UNDICI, comeLast);
  unsubscribe(UNDICI, beginFetch);
  unsubscribe(CREATED, beginFirst);
  if (heeded !== undefined && putBack(heeded)) heeded = undefined;
}

/** Whether this Node tells of requests before it has written their heads. */
function saysCreated(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

/** From now on heads of requests are seen. `message`: what inherits from Node's `OutgoingMessage`. */
export function heedHeaders(message: object): void {
  if (heeded !== undefined) return;
  heeded = replace(message, STORE_HEADER, (original) => {
    return {
      _storeHeader(this: unknown, firstLine: string, headers: unknown): void {
        const isRequest = typeof firstLine === "string" && !startsWith(firstLine, "HTTP/");
        const first = isRequest
          ? firstLine + headersFor(this as object, firstLine, headers)
          : firstLine;
        apply(original, this, [first, headers] as never[]);
      },
    };
  });
  if (heeded !== undefined) unsubscribe(CREATED, beginFirst);
}

/** The first request of this thread: its head may have been written already, but is not sent. */
function beginFirst(message: unknown): void {
  const { request } = message as { readonly request: Record<string, unknown> };
  heedHeaders(request);
  const head = ownData(request, "_header");
  if (typeof head !== "string") return;
  const at = indexOf(head, LINE_END) + LINE_END.length;
  const more = headersFor(request, head, slice(head, at));
  const written = slice(head, 0, at) + more + slice(head, at);
  request["_header"] = written;
  const waits = ownData(request, "outputData") as { data?: unknown }[] | undefined;
  const first = waits?.[0];
  if (typeof first?.data !== "string" || !startsWith(first.data, head)) return;
  // One with `Expect: 100-continue` waits for its socket.
  first.data = written + slice(first.data, head.length);
  request["outputSize"] = (request["outputSize"] as number) + more.length;
}

/** A request goes out. Gives the lines that it has beside those of the program. `line`: its first; `headers`: these. */
function headersFor(request: object, line: string, headers: unknown): string {
  const header = outgoing(headers, beginSent(request, line, headers));
  if (header === undefined) return "";
  const { parent, state: theirs } = header;
  const parentLine = `${TRACE_PARENT}: ${parent}${LINE_END}`;
  return theirs === undefined ? parentLine : `${parentLine}${TRACE_STATE}: ${theirs}${LINE_END}`;
}

/**
 * Whoever began to listen since may give the request a header of its own (OpenTelemetry does), and is called first: in Node's list of
 * who is called, which it is going through, this one stands before both.
 */
function comeLast(): void {
  const listeners = ownData(undici, "_subscribers");
  if (!isArray(listeners)) return;
  const last = listeners.length - 1;
  if (listeners[last] === beginFetch) return;
  let isBehind = false;
  for (let i = 0; i < last; i++) {
    isBehind ||= listeners[i] === beginFetch;
    if (isBehind) listeners[i] = listeners[i + 1];
  }
  if (isBehind) listeners[last] = beginFetch;
}

function beginFetch(message: unknown): void {
  const { request } = message as { readonly request: UndiciRequest };
  const { headers, addHeader } = request;
  const header = outgoing(headers, beginUndici(request), typeof addHeader === "function");
  if (header === undefined || addHeader === undefined) return;
  try {
    apply(addHeader, request, [TRACE_PARENT, header.parent]);
    if (header.state !== undefined) apply(addHeader, request, [TRACE_STATE, header.state]);
  } catch {
    // It takes no such header.
  }
}

/**
 * Links a request to its span, or else to the call that makes it. Gives what is to be added to its headers, if anything is.
 *
 * @param span of the request, or 0
 */
function outgoing(
  headers: unknown,
  span: number,
  takesMore = true,
): { readonly parent: string; readonly state: string | undefined } | undefined {
  const trace = traceHere() ?? (span === 0 ? undefined : traceOf(span));
  if (trace === undefined) return undefined;
  const { root, from, distance } = trace;
  const given = headerOf(headers, TRACE_PARENT);
  const theirs = parseTraceParent(given);
  if (theirs !== undefined) link(OUT, theirs, distance, span);
  const mayAdd = takesMore && given === undefined && state[PROPAGATE] !== 0;
  const made = mayAdd ? newSpan(root, from) : undefined;
  const isLinked = made !== undefined && link(OUT, made, distance, span);
  linkActive(distance, span);
  if (!isLinked) return undefined;
  const isStateFree = headerOf(headers, TRACE_STATE) === undefined;
  return { parent: traceParent(made), state: isStateFree ? made.state : undefined };
}
