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
import {
  apply,
  getDescriptor,
  getPrototypeOf,
  hasOwn,
  indexOf,
  slice,
} from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { begin, end, fail, spanKind } from "../runtime/spans";
import { EDGES, state } from "../runtime/state";
import { headerOf } from "../runtime/trace-parent";
import { followBody, onReceived } from "./parsers";
import { putBack, replace, type Replaced } from "./replaced";

const PARAMETERS = ["method", "url"];
const SERVED = spanKind("http.server", "node:http", PARAMETERS);
const SENT = spanKind("http.client", "node:http", PARAMETERS);
const FETCHED = spanKind("http.client", "undici", PARAMETERS);

/** A request that has not ended. */
interface Open {
  readonly span: number;
  /** Bytes that had been written on its connection before. */
  readonly before: number;
  /** What answers it. */
  response: object | undefined;
}

/** Open requests: by Node's response where they are served, by the request where they are made. */
const opens = new WeakMap<object, Open>();
/** Requests that were made, by the response that is coming. */
const answered = new WeakMap<object, object>();
/** Bytes of connections that belong to responses that have come. */
const readBefore = new WeakMap<object, number>();
const openOf = opens.get.bind(opens);
const addOpen = opens.set.bind(opens);
const forget = opens.delete.bind(opens);
const requestOf = answered.get.bind(answered);
const setAnswered = answered.set.bind(answered);
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
function setOpen(message: object, open: Open): void {
  addOpen(message, open);
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

function isWanted(): boolean {
  return ((state[EDGES] as number) & EDGE_HTTP) !== 0;
}

/** A request has come, and its context is set. */
export function beginServed(request: object, response: object, socket: object): void {
  if (!isWanted()) return;
  const span = begin(SERVED, [ownData(request, "method"), ownData(request, "url")]);
  if (span === 0) return;
  setOpen(response, { span, before: bytesOf(socket, "bytesWritten"), response });
  heedSocket(socket);
}

function endServed(message: unknown): void {
  const { request, response, socket } = message as Record<
    "request" | "response" | "socket",
    object
  >;
  const open = openOf(response);
  if (open === undefined) return;
  forget(response);
  end(open.span, servedAs(request, response, bytesOf(socket, "bytesWritten") - open.before));
}

function servedAs(request: unknown, response: object, bytes: number): object {
  const status = ownData(response, "statusCode");
  const route = typeof request === "object" && request !== null ? routeOf(request) : undefined;
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
export function beginSent(request: object, line: string, headers: unknown): number {
  if (!isWanted()) return 0;
  const at = indexOf(line, " ");
  const path = slice(line, at + 1, indexOf(line, " ", at + 1));
  const host = headerOf(headers, "host") ?? ownData(request, "host");
  const url = `${text(ownData(request, "protocol"))}//${text(host)}${path}`;
  return opened(request, begin(SENT, [slice(line, 0, at), url]));
}

/** A request of undici's has been made. Gives its span. */
export function beginUndici(request: object): number {
  if (!isWanted()) return 0;
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
  const { request, response } = message as Record<"request" | "response", object>;
  const open = openOf(request);
  if (open === undefined) return;
  open.response = response;
  setAnswered(response, request);
  const socket = socketOf(response);
  if (socket !== undefined) heedSocket(socket);
  followBody(ownData(request, "parser"));
}

/** All of a message has come. */
function endReceived(response: object): void {
  const request = requestOf(response);
  if (request !== undefined) endSent(request, response, {});
}

function endSent(request: object, response: object, more: object): void {
  const open = openOf(request);
  if (open === undefined) return;
  forget(request);
  const socket = socketOf(response);
  const bytes = socket === undefined ? 0 : received(socket);
  end(open.span, { status: ownData(response, "statusCode"), bytes, ...more });
}

function socketOf(response: object): object | undefined {
  const socket = ownData(response, "socket");
  return typeof socket === "object" && socket !== null ? socket : undefined;
}

/** Bytes that have come on a connection since the last response. */
function received(socket: object): number {
  const now = bytesOf(socket, "bytesRead");
  const before = readOf(socket) ?? 0;
  setRead(socket, now);
  return now - before;
}

function failSent(message: unknown): void {
  const { request, error } = message as { readonly request: object; readonly error: unknown };
  const open = openOf(request);
  if (open === undefined) return;
  forget(request);
  fail(open.span, error);
}

function beginFetched(message: unknown): void {
  const { request, response } = message as Record<"request" | "response", object>;
  const open = openOf(request);
  if (open !== undefined) open.response = response;
}

function endFetched(message: unknown): void {
  const { request } = message as { readonly request: object };
  const open = openOf(request);
  if (open === undefined) return;
  forget(request);
  const status = open.response === undefined ? undefined : ownData(open.response, "statusCode");
  end(open.span, { status });
}

type Counter = (this: object) => unknown;
/** Node's own getters of sockets, once there was one. */
const counters: Record<"bytesRead" | "bytesWritten", Counter | undefined> = {
  bytesRead: undefined,
  bytesWritten: undefined,
};

/** What a connection has read or written so far. */
function bytesOf(socket: object, name: "bytesRead" | "bytesWritten"): number {
  const counter = (counters[name] ??= getterOf(socket, name));
  const bytes = counter === undefined ? 0 : apply(counter, socket, []);
  return typeof bytes === "number" ? bytes : 0;
}

/** The getter that an object inherits. */
function getterOf(object: object, name: string): Counter | undefined {
  let holder: object | null = object;
  while (holder !== null && !hasOwn(holder, name)) holder = getPrototypeOf(holder);
  const descriptor = holder === null ? undefined : getDescriptor(holder, name);
  return descriptor === undefined ? undefined : (ownData(descriptor, "get") as Counter | undefined);
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
  const message = ownData(socket, "_httpMessage");
  if (typeof message !== "object" || message === null) return;
  const open = openOf(message);
  if (open?.response === undefined) return;
  if (open.response !== message) return endSent(message, open.response, { aborted: true });
  forget(message);
  const request = ownData(message, "req");
  const bytes = bytesOf(socket, "bytesWritten") - open.before;
  end(open.span, { ...servedAs(request, message, bytes), aborted: true });
}
