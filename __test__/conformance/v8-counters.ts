/**
 * Where V8 puts its block counters, and which text it gives to each: what its parser, its bytecode generator and
 * `Coverage::Collect` do (ast-source-ranges.h, parser-base.h, bytecode-generator.cc, debug-coverage.cc), without running
 * anything.
 *
 *     if (a) return; b = c || d; e();
 *     // counterOf("e()"): the one behind the `if`, counterAt("e()"): the function's
 *
 * A counter has a range in the text (a branch, a loop's body, an operand), or only a position from which on it counts
 * (behind an `if`, a loop, braces, an `await`): up to the next counter's start, whatever it is of, or to the end of the
 * range around. So `d`'s, which starts within the statement, ends the one behind the `if`, and `e()` is left to what is
 * around.
 *
 * Limits: one text that acorn parses. Code that V8 has no bytecode for since it stands behind a jump has counters here.
 */
import {
  type AnyNode,
  type ForInStatement,
  type ForOfStatement,
  type ForStatement,
  type Node,
  type TryStatement,
  type WhileStatement,
  parse,
} from "acorn";
import { type TextRange, valueAt } from "./text-ranges.ts";

/** A counter. */
export interface Counter {
  /** What it counts. */
  readonly of: CounterKind;
}

/** Those that differ in what V8 makes of them. */
type CounterKind =
  | "function"
  /** Counted when it is created. */
  | "generator"
  | "branch"
  | "behind"
  | "behind for-in"
  | "behind for-let"
  | "behind labelled try"
  /** Behind an `await` or `yield` that is the last thing its statement does. */
  | "behind wait"
  /** Behind one that the statement uses, which may throw. */
  | "behind used wait"
  | "behind jump"
  /** The key of a method, whose range V8 begins there, with what the method counts. */
  | "method key";

/** The counters of a text. */
export interface Counters {
  /** The one that counts on the way to the code that starts there. */
  readonly counterOf: (offset: number) => Counter | undefined;
  /** The one whose number V8 tells of what stands there. */
  readonly counterAt: (offset: number) => Counter | undefined;
  /** A function begins there. */
  readonly isFunction: (offset: number) => boolean;
}

type Way = Extract<
  AnyNode,
  {
    type:
      | "BlockStatement"
      | "IfStatement"
      | "ForStatement"
      | "ForInStatement"
      | "ForOfStatement"
      | "WhileStatement"
      | "DoWhileStatement"
      | "SwitchStatement";
  }
>;
type FunctionLike = Extract<
  AnyNode,
  {
    type:
      | "FunctionDeclaration"
      | "FunctionExpression"
      | "ArrowFunctionExpression"
      | "StaticBlock"
      | "PropertyDefinition";
  }
>;

const STATEMENT = /Statement$|^VariableDeclaration$|^ClassDeclaration$/;

/** A counter's text; it has no end if that is told by the others. */
interface Slot {
  readonly start: number;
  end: number | undefined;
  readonly counter: Counter;
}

/** Finds the counters; undefined if the text is none that acorn parses. */
export function findCounters(text: string): Counters | undefined {
  const program = parseText(text);
  if (program === undefined) return undefined;
  const walk = new Walk(text);
  walk.function(program, "function", () => walk.each(program.body));
  const [keyAt, counterAt] = [valueAt(walk.keys), valueAt(walk.functions.flatMap(withEnds))];
  const begun = new Set(walk.functions.slice(1).map(([whole]) => whole?.start));
  return {
    isFunction: (offset) => begun.has(offset),
    counterOf: (offset) => walk.reached.get(offset),
    counterAt: (offset) => keyAt(offset) ?? counterAt(offset),
  };
}

function parseText(text: string) {
  const options = {
    ecmaVersion: "latest",
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    preserveParens: true,
  } as const;
  for (const sourceType of ["script", "module"] as const) {
    try {
      return parse(text, { ...options, sourceType });
    } catch {
      // The other one, or none.
    }
  }
  return undefined;
}

/** The counters of one function: its own first. */
type FunctionSlots = readonly Slot[];

/** Goes through a program in the order in which it runs. */
class Walk {
  /** By where code starts. */
  readonly reached = new Map<number, Counter>();
  /** The outer ones first. */
  readonly functions: FunctionSlots[] = [];
  /** Those of methods, computed. */
  readonly keys: TextRange<Counter>[] = [];
  private slots: Slot[] = [];
  private current: Counter = { of: "function" };
  /** Positions that a counter has already: of two behind the same text, V8 keeps the outer one. */
  private readonly taken = new Set<number>();
  /** The `await`s and `yield`s that are the last that their statements do. */
  private readonly last = new Set<AnyNode>();
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** A function, or what V8 makes one of. */
  function({ start, end }: Node, of: CounterKind, visit: () => void): void {
    const { slots, current } = this;
    this.current = { of };
    this.slots = [{ start, end, counter: this.current }];
    this.functions.push(this.slots);
    visit();
    this.slots = slots;
    this.current = current;
  }

  each(nodes: readonly (AnyNode | null | undefined)[]): void {
    for (const node of nodes) if (node) this.visit(node);
  }

  /** A range with a counter, and what is in it. */
  private range(start: number, end: number, visit: () => void): void {
    const { current } = this;
    this.current = { of: "branch" };
    this.slots.push({ start, end, counter: this.current });
    this.reach(start);
    visit();
    this.current = current;
  }

  /** A counter behind this text; it counts from when the answer is called. To be asked for before what is in it. */
  private behind(position: number, of: CounterKind = "behind"): () => void {
    if (this.taken.has(position)) return () => {};
    this.taken.add(position);
    const counter = { of };
    this.slots.push({ start: position, end: undefined, counter });
    return () => {
      this.current = counter;
    };
  }

  /** Code starts there. */
  private reach(offset: number): void {
    if (!this.reached.has(offset)) this.reached.set(offset, this.current);
  }

  /** Start of the next token. */
  private next(offset: number): number {
    const trivia = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y;
    trivia.lastIndex = offset;
    trivia.test(this.text);
    return trivia.lastIndex;
  }

  private branch(node: AnyNode, start = node.start): void {
    this.range(start, node.end, () => this.visit(node));
  }

  /** A branch of an expression: its range begins with the operator, behind what is before it. */
  private operand(before: Node, node: AnyNode): void {
    this.range(this.next(before.end), node.end, () => {
      this.reach(node.start);
      this.visit(node);
    });
  }

  private visit(node: AnyNode, labelled = false): void {
    if (STATEMENT.test(node.type)) this.reach(node.start);
    switch (node.type) {
      case "LabeledStatement":
        return this.visit(node.body, true);
      case "TryStatement":
        return this.visitTry(node, labelled);
      case "BlockStatement":
      case "IfStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "SwitchStatement":
        return this.visitWay(node);
      case "ReturnStatement":
      case "ThrowStatement":
      case "BreakStatement":
      case "ContinueStatement": {
        const done = this.behind(node.end, "behind jump");
        if ("argument" in node) this.each([node.argument]);
        return done();
      }
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "StaticBlock":
      case "PropertyDefinition":
        return this.visitFunction(node);
      case "ConditionalExpression":
        this.visit(node.test);
        this.operand(node.test, node.consequent);
        return this.operand(node.consequent, node.alternate);
      case "LogicalExpression":
        this.visit(node.left);
        return this.operand(node.left, node.right);
      case "AwaitExpression":
      case "YieldExpression": {
        const next = this.next(node.end);
        const end = this.text[next] === ";" ? next + 1 : node.end;
        const done = this.behind(end, this.last.has(node) ? "behind wait" : "behind used wait");
        this.each([node.argument]);
        return done();
      }
      case "MemberExpression":
        if (!node.optional) break;
        this.visit(node.object);
        return this.link(node.object, node, [node.property]);
      case "CallExpression":
        if (!node.optional) break;
        this.visit(node.callee);
        return this.link(node.callee, node, node.arguments);
      default:
    }
    this.markLast(node);
    this.markKey(node);
    this.each(childrenOf(node));
  }

  private markKey(node: AnyNode): void {
    if (node.type !== "Property" && node.type !== "MethodDefinition") return;
    const { key, computed, value } = node;
    if (!computed || value.type !== "FunctionExpression") return;
    this.keys.push({ start: key.start, end: key.end, value: { of: "method key" } });
  }

  /** `?.a`, `?.[a]`, `?.(a)`. */
  private link(before: Node, { end }: Node, rest: readonly AnyNode[]): void {
    this.range(this.next(before.end), end, () => this.each(rest));
  }

  /** A statement that has a counter behind it. */
  private visitWay(node: Way): void {
    switch (node.type) {
      case "BlockStatement": {
        const done = this.behind(node.end);
        this.each(node.body);
        return done();
      }
      case "IfStatement": {
        const { consequent, alternate } = node;
        const done = this.behind((alternate ?? consequent).end);
        this.visit(node.test);
        this.branch(consequent);
        if (alternate) this.branch(alternate, consequent.end);
        return done();
      }
      case "SwitchStatement": {
        const done = this.behind(node.end);
        this.visit(node.discriminant);
        for (const one of node.cases) {
          this.range(one.start, one.end, () => this.each([one.test, ...one.consequent]));
        }
        return done();
      }
      case "DoWhileStatement": {
        // Before its test.
        const done = this.behind(node.body.end);
        this.branch(node.body);
        this.visit(node.test);
        return done();
      }
      default: {
        const done = this.behind(node.body.end, kindBehind(node));
        this.each(childrenOf(node).filter((child) => child !== node.body));
        this.branch(node.body);
        return done();
      }
    }
  }

  private visitTry({ block, handler, finalizer, end }: TryStatement, labelled: boolean): void {
    const done = this.behind(end, labelled && finalizer ? "behind labelled try" : "behind");
    const { current } = this;
    this.reach(block.start);
    this.each(block.body);
    this.current = current;
    if (handler) this.branch(handler);
    if (finalizer) this.branch(finalizer, this.next((handler ?? block).end));
    done();
  }

  private visitFunction(node: FunctionLike): void {
    switch (node.type) {
      case "StaticBlock":
        return this.function(node, "function", () => this.each(node.body));
      case "PropertyDefinition": {
        const { key, value, computed } = node;
        if (computed) this.visit(key);
        if (value) this.function(value, "function", () => this.visit(value));
        return;
      }
      default:
    }
    const { params, body, generator } = node;
    this.function(node, generator ? "generator" : "function", () => {
      this.each(params);
      this.reach(body.start);
      if (body.type === "BlockStatement") this.each(body.body);
      else this.visit(body);
    });
  }

  /** Nothing of the statement is behind these. */
  private markLast(node: AnyNode): void {
    const add = (last: AnyNode | null | undefined): void => {
      if (last) this.last.add(last);
    };
    if (node.type === "ExpressionStatement") add(node.expression);
    if (node.type === "VariableDeclaration") {
      const one = node.declarations.at(-1);
      if (one?.id.type === "Identifier") add(one.init);
    }
    if (!this.last.has(node)) return;
    if (node.type === "ParenthesizedExpression") add(node.expression);
    if (node.type === "AssignmentExpression" && node.left.type === "Identifier") add(node.right);
  }
}

/** V8 makes a loop in the loop of it, and counts behind that, if a function may keep the variables of a round. */
function kindBehind(loop: ForStatement | ForInStatement | ForOfStatement | WhileStatement) {
  if (loop.type === "ForInStatement") return "behind for-in";
  const head = loop.type === "ForStatement" ? loop.init : undefined;
  const binds = head?.type === "VariableDeclaration" && head.kind !== "var";
  return binds && hasFunction(loop) ? "behind for-let" : "behind";
}

function hasFunction(node: AnyNode): boolean {
  if (/Function|^Class/.test(node.type)) return true;
  if (node.type === "Identifier" && node.name === "eval") return true;
  return childrenOf(node).some(hasFunction);
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof child?.type === "string");
}

/** Gives the counters of a function their ends, as `RewritePositionSingletonsToRanges` does. */
function withEnds([whole, ...inner]: FunctionSlots): TextRange<Counter>[] {
  const { start, end: functionEnd = start } = whole as Slot;
  const sorted = inner
    .filter((slot) => slot.start < functionEnd)
    .toSorted((a, b) => a.start - b.start || (b.end ?? -1) - (a.end ?? -1))
    // A position that a range starts with, too, is the range's.
    .filter((slot, i, all) => slot.end !== undefined || all[i - 1]?.start !== slot.start);
  const ranges: TextRange<Counter>[] = [
    { start, end: functionEnd, value: (whole as Slot).counter },
  ];
  const around = [functionEnd];
  for (const [i, { start: from, end, counter }] of sorted.entries()) {
    while (around.length > 1 && (around.at(-1) as number) <= from) around.pop();
    const parentEnd = around.at(-1) as number;
    const next = sorted[i + 1]?.start ?? Infinity;
    const last = around.length === 1 ? functionEnd - 1 : parentEnd;
    const to = end ?? (next < parentEnd ? next : last);
    ranges.push({ start: from, end: to, value: counter });
    around.push(to);
  }
  return ranges;
}
