/**
 * Parts of a body come in the context of their request: Node's parser calls its listeners from native code, which takes the context of
 * the connection.
 */
import { type Context, enterRequest } from "../runtime/context";
import { hidden } from "../runtime/hidden";
import { apply } from "../runtime/primordials";

type Listener = (this: Parser, ...args: unknown[]) => unknown;

/** Node's parser: native code calls what stands in its slots. One serves servers and clients in turn. */
export interface Parser {
  [slot: number]: Listener | null | undefined;
  /** The message that is being parsed. */
  readonly incoming: object | null;
  readonly constructor: unknown;
}

/** Contexts of requests, by their message. */
const contexts = hidden<Context>("module_export_names_private_symbol");
/** The functions of ours that stand in a parser's slots. Parsers are used again. */
const followers = new WeakSet<Listener>();
// Bound now: a program may put others in their place.
const isFollower = followers.has.bind(followers);
const addFollower = followers.add.bind(followers);

/** Sets the context of a message. */
export const setContext: (message: object, context: Context) => void = contexts.set;

/** Is told of each message that has come as a whole. */
let received: (message: object) => void = () => {};

/** Sets what is told of messages that have come as a whole, of parsers that are followed. */
export function onReceived(action: typeof received): void {
  received = action;
}

/** From now on the parts of a body come in the context of their message, and its end is told. */
export function followBody(parser: unknown): void {
  if (typeof parser !== "object" || parser === null) return;
  const slots = (parser as Parser).constructor as Readonly<Record<string, unknown>>;
  followSlot(parser as Parser, slots["kOnBody"], false);
  followSlot(parser as Parser, slots["kOnMessageComplete"], true);
}

function followSlot(parser: Parser, slot: unknown, isLast: boolean): void {
  if (typeof slot !== "number") return;
  const listener = parser[slot];
  if (typeof listener === "function" && !isFollower(listener)) {
    parser[slot] = follower(listener, isLast);
  }
}

function follower(listener: Listener, isLast: boolean): Listener {
  function follow(this: Parser, ...args: unknown[]): unknown {
    const { incoming } = this;
    const context = incoming === null ? undefined : contexts.get(incoming);
    if (context !== undefined) enterRequest(context);
    if (isLast && incoming !== null) received(incoming);
    return apply(listener, this, args);
  }
  addFollower(follow);
  return follow;
}
