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
import { heedHeaders } from "./client-requests";
import { beginRequest, type Context, enterRequest, onResources } from "./context";
import { apply } from "./primordials";
import { ownData } from "./reflect";
import {
  headerOf,
  parseTraceParent,
  rawHeaderOf,
  type Span,
  TRACE_PARENT,
  TRACE_STATE,
} from "./trace-parent";

/** What `http.server.request.start` tells, as far as it is of use here. */
interface HttpStart {
  readonly request: object;
  readonly response: object;
  readonly socket: { readonly parser?: Parser | null };
}

/** What `http2.server.stream.start` tells. */
interface Http2Start {
  readonly stream: { readonly id: number };
  readonly headers: unknown;
}

type Listener = (this: Parser, ...args: unknown[]) => unknown;

/** Node's parser: native code calls what stands in its slots, in the context of the connection. */
interface Parser {
  [slot: number]: Listener | null | undefined;
  /** The message that is being parsed. */
  readonly incoming: object | null;
  readonly constructor: unknown;
}

/** Contexts of requests, by their message. */
const contexts = new WeakMap<object, Context>();
/** The functions of ours that stand in a parser's slots. Parsers are used again. */
const followers = new WeakSet<Listener>();
// Bound now: a program may put others in their place.
const contextOf = contexts.get.bind(contexts);
const setContext = contexts.set.bind(contexts);
const isFollower = followers.has.bind(followers);
const addFollower = followers.add.bind(followers);

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
  const context = beginRequest(spanOf(ownData(request, "rawHeaders"), rawHeaderOf));
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

/** From now on the parts of a body come in the context of their request. */
function followBody(parser: Parser): void {
  const { kOnBody, kOnMessageComplete } = parser.constructor as Readonly<Record<string, unknown>>;
  followSlot(parser, kOnBody);
  followSlot(parser, kOnMessageComplete);
}

function followSlot(parser: Parser, slot: unknown): void {
  if (typeof slot !== "number") return;
  const listener = parser[slot];
  if (typeof listener === "function" && !isFollower(listener)) parser[slot] = follower(listener);
}

function follower(listener: Listener): Listener {
  function follow(this: Parser, ...args: unknown[]): unknown {
    const context = this.incoming === null ? undefined : contextOf(this.incoming);
    if (context !== undefined) enterRequest(context);
    return apply(listener, this, args);
  }
  addFollower(follow);
  return follow;
}
