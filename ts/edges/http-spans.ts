/**
 * Requests as rows of the call tree: `http.server` from a request's coming to the end of the answer, `http.client` from the writing of
 * its head to the end of the answer's body.
 *
 *     http.server(method: "GET", url: "/orders/7") → { status: 200, route: "/orders/:id", bytes: 512 }
 *
 * Limits: what is upgraded has no end. A request that waits behind others of its connection (pipelining) has none if that is closed.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EDGE_HTTP } from "../native/layout";
import { hidden } from "../runtime/hidden";
import { apply, getter, indexOf, slice } from "../runtime/primordials";
import { holderOf, ownData } from "../runtime/reflect";
import { begin, end, fail, spanKind } from "../runtime/spans";
import { headerOf } from "../runtime/trace-parent";
import { recordsEdge } from "../runtime/writer";
import { followBody, onReceived } from "./parsers";
import { putBack, replace, type Replaced } from "./replaced";

const PARAMETERS = ["method", "url"];
const SERVED = spanKind("http.server", "node:http", PARAMETERS);
const SENT = spanKind("http.client", "node:http", PARAMETERS);
const FETCHED = spanKind("http.client", "undici", PARAMETERS);

/** Node's own objects, as far as they are of use here. What Node has just made, or is about to read itself, is read as it does. */
export interface Message {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly rawHeaders?: unknown;
  readonly statusCode?: unknown;
  readonly protocol?: unknown;
  readonly parser?: unknown;
  readonly socket?: unknown;
  /** Of a response: the request. */
  readonly req?: unknown;
}

/** A request that has not ended. */
interface Open {
  /** 0 once it has. */
  span: number;
  /** Bytes that had been written on its connection before. */
  readonly before: number;
  /** What answers it. */
  response: Message | undefined;
  /** Of a request that was made: what the answer comes on. */
  socket?: object;
}

/** Requests, with what there is to know until they end. */
const opens = hidden<Open>("module_source_private_symbol");
/** Bytes of connections that belong to responses that have come. */
const readBefore = new WeakMap<object, number>();
const readOf = readBefore.get.bind(readBefore);
const setRead = readBefore.set.bind(readBefore);

const channels: readonly (readonly [name: string, heard: (message: unknown) => void])[] = [
  ["http.server.response.finish", endServed],
  ["http.client.response.finish", beginReceiving],
  ["http.client.request.error", failSent],
  ["undici:request:headers", beginFetched],
  ["undici:request:trailers", endFetched],
  ["undici:request:error", failSent],
];
let follows = false;
let destroy: Replaced | undefined;

/** Keeps a request until it ends. The first time, what tells of ends is listened to. */
function setOpen(request: object, open: Open): void {
  opens.set(request, open);
  if (follows) return;
  follows = true;
  for (const [name, heard] of channels) subscribe(name, heard);
  onReceived(endReceived);
}

/** Requests that end from now on have no end in the recording. */
export function leaveSpans(): void {
  if (follows) for (const [name, heard] of channels) unsubscribe(name, heard);
  follows = false;
  if (destroy !== undefined && putBack(destroy)) destroy = undefined;
}

/** A request has come, and its context is set. */
export function beginServed(request: Message, response: Message, socket: object): void {
  if (!recordsEdge(EDGE_HTTP)) return;
  const span = begin(SERVED, [request.method, request.url]);
  if (span === 0) return;
  setOpen(request, { span, before: bytesOf(socket, "bytesWritten"), response });
  heedSocket(socket);
}

function endServed(message: unknown): void {
  const { request, response, socket } = message as {
    readonly request: Message;
    readonly response: Message;
    readonly socket: object;
  };
  const open = opens.get(request);
  if (open === undefined) return;
  close(open, servedAs(request, response, bytesOf(socket, "bytesWritten") - open.before));
}

/** Ends it, unless it has ended. */
function close(open: Open, result: object): void {
  end(open.span, result);
  open.span = 0;
}

function servedAs(request: object, { statusCode: status }: Message, bytes: number): object {
  const route = routeOf(request);
  return route === undefined ? { status, bytes } : { status, route, bytes };
}

/** What Express and its like say of the route that took a request. */
function routeOf(request: object): string | undefined {
  const route = ownData(request, "route");
  if (typeof route !== "object" || route === null) return undefined;
  const path = ownData(route, "path");
  if (typeof path !== "string") return undefined;
  const base = ownData(request, "baseUrl");
  return typeof base === "string" ? base + path : path;
}

/** The head of a request is about to be written. `line`: its first line; `headers`: those that it has. Gives its span. */
export function beginSent(request: Message, line: string, headers: unknown): number {
  if (!recordsEdge(EDGE_HTTP)) return 0;
  const at = indexOf(line, " ");
  const path = slice(line, at + 1, indexOf(line, " ", at + 1));
  const host = headerOf(headers, "host") ?? ownData(request, "host");
  const url = `${text(request.protocol)}//${text(host)}${path}`;
  return opened(request, begin(SENT, [slice(line, 0, at), url]));
}

/** A request of undici's has been made. Gives its span. */
export function beginUndici(request: object): number {
  if (!recordsEdge(EDGE_HTTP)) return 0;
  const { method, origin, path } = request as Record<string, unknown>;
  const url = `${text(typeof origin === "string" ? origin : undefined)}${text(path)}`;
  return opened(request, begin(FETCHED, [method, url]));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function opened(request: object, span: number): number {
  if (span !== 0) setOpen(request, { span, before: 0, response: undefined });
  return span;
}

/** The head of a response has come. */
function beginReceiving(message: unknown): void {
  const { request, response } = message as Readonly<Record<"request" | "response", Message>>;
  const open = opens.get(request);
  if (open === undefined) return;
  open.response = response;
  const { socket } = response;
  if (typeof socket === "object" && socket !== null) {
    open.socket = socket;
    heedSocket(socket);
  }
  followBody(request.parser);
}

/** All of a message has come: of a response, that is its end. */
function endReceived({ req: request }: Message): void {
  if (typeof request !== "object" || request === null) return;
  const open = opens.get(request);
  if (open?.response !== undefined) close(open, answerOf(open));
}

/** What has come of the answer to a request that was made. */
function answerOf(open: Open): object {
  return { status: open.response?.statusCode, bytes: received(open) };
}

/** Bytes that have come on its connection since the last response. */
function received({ socket }: Open): number {
  if (socket === undefined) return 0;
  const now = bytesOf(socket, "bytesRead");
  const before = readOf(socket) ?? 0;
  setRead(socket, now);
  return now - before;
}

function failSent(message: unknown): void {
  const { request, error } = message as { readonly request: object; readonly error: unknown };
  const open = opens.get(request);
  if (open === undefined) return;
  fail(open.span, error);
  open.span = 0;
}

function beginFetched(message: unknown): void {
  const { request, response } = message as Readonly<Record<"request" | "response", Message>>;
  const open = opens.get(request);
  if (open !== undefined) open.response = response;
}

function endFetched(message: unknown): void {
  const { request } = message as { readonly request: object };
  const open = opens.get(request);
  if (open !== undefined) close(open, { status: open.response?.statusCode });
}

type Counter = (socket: object) => unknown;
const none: Counter = () => 0;
/** Node's own getters of sockets, once there was one. */
const counters: Record<"bytesRead" | "bytesWritten", Counter | undefined> = {
  bytesRead: undefined,
  bytesWritten: undefined,
};

/** What a connection has read or written so far. */
function bytesOf(socket: object, name: "bytesRead" | "bytesWritten"): number {
  const counter = (counters[name] ??= getterOf(socket, name));
  const bytes = counter(socket);
  return typeof bytes === "number" ? bytes : 0;
}

/** The getter that an object inherits. */
function getterOf(object: object, name: string): Counter {
  const holder = holderOf(object, name);
  return holder === null ? none : getter(holder, name);
}

/** From now on requests end with the connection that they are on. Node says nothing of that. */
function heedSocket(socket: object): void {
  destroy ??= replace(socket, "_destroy", (original) => {
    return {
      _destroy(this: unknown, ...args: never[]): unknown {
        endClosed(this as object);
        return apply(original, this, args);
      },
    };
  });
}

/** A connection is closed. What is on it ends, but for a request without an answer, which fails. */
function endClosed(socket: object): void {
  const message = ownData(socket, "_httpMessage") as Message | null | undefined;
  if (typeof message !== "object" || message === null) return;
  const { req: served } = message;
  const request = typeof served === "object" && served !== null ? served : message;
  const open = opens.get(request);
  if (open?.response === undefined || open.span === 0) return;
  if (request === message) return close(open, { ...answerOf(open), aborted: true });
  const bytes = bytesOf(socket, "bytesWritten") - open.before;
  close(open, { ...servedAs(request, message, bytes), aborted: true });
}
