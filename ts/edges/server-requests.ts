/**
 * Each request that a server gets is a context of its own, whatever called `listen()`: the first
 * call in it is the root of its trace, and what the request's body sets off belongs to it. A header
 * `traceparent` says which span of another process made it.
 *
 * Node says on a diagnostics channel that a request has begun, just before its listeners are called.
 * Limits: HTTP; HTTP/2 only where contexts are frames (Node 24 and later). What a body over HTTP/2 sets off, upgraded connections and bare sockets have the
 * context of `listen()`.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { beginRequest, onResources } from "../runtime/context";
import {
  headerOf,
  parseTraceParent,
  rawHeaderOf,
  type Span,
  TRACE_PARENT,
  TRACE_STATE,
} from "../runtime/trace-parent";
import { heedHeaders } from "./client-requests";
import { beginServed, type Message } from "./http-spans";
import { followBody, setContext } from "./parsers";

/** What `http.server.request.start` tells, as far as it is of use here. */
interface HttpStart {
  readonly request: Message;
  readonly response: object;
  readonly socket: { readonly parser?: object | null };
}

/** What `http2.server.stream.start` tells. */
interface Http2Start {
  readonly stream: { readonly id: number };
  readonly headers: unknown;
}

/** What Node says, and who hears it. All streams of an HTTP/2 connection run on the one resource, which one of them cannot mark. */
const channels: readonly (readonly [name: string, heard: (message: unknown) => void])[] = [
  ["http.server.request.start", beginHttp],
  ...(onResources ? [] : [["http2.server.stream.start", beginHttp2] as const]),
];
let follows = false;

/** Begins to tell requests apart. */
export function followRequests(): void {
  if (follows) return;
  follows = true;
  for (const [name, heard] of channels) subscribe(name, heard);
}

/** Ends it: Node says nothing where nobody listens. */
export function leaveRequests(): void {
  follows = false;
  for (const [name, heard] of channels) unsubscribe(name, heard);
}

function beginHttp(message: unknown): void {
  const { request, response, socket } = message as HttpStart;
  heedHeaders(response);
  const context = beginRequest(spanOf(request.rawHeaders, rawHeaderOf));
  beginServed(request, response, socket);
  if (context === undefined || !socket.parser) return;
  setContext(request, context);
  followBody(socket.parser);
}

function beginHttp2(message: unknown): void {
  const { stream, headers } = message as Http2Start;
  // Those with even numbers are pushed by a request.
  if ((stream.id & 1) === 1) beginRequest(spanOf(headers, headerOf));
}

/** The span that made a request, by its headers. */
function spanOf(headers: unknown, valueOf: typeof headerOf): Span | undefined {
  const header = valueOf(headers, TRACE_PARENT);
  if (header === undefined) return undefined;
  return parseTraceParent(header, valueOf(headers, TRACE_STATE));
}
