/**
 * What the keys of `breadcrumb view` do.
 *
 *     await new ViewKeys(tree, screen, paint, "run 019a").run();   // until q
 *
 * Limits: a search that takes long reads trace after trace, until a key is pressed.
 */
import type { TraceCall } from "../query/index";
import type { Paint } from "./paint";
import type { Screen } from "./screen";
import { drawDetails, drawTree, KEYS } from "./view-screen";
import type { ViewTree, Wanted } from "./view-tree";

const HINT = "? keys · → unfold · ← fold · e exception · / search · Enter values · q end";
const UP = "\u001B[A";
const DOWN = "\u001B[B";
const RIGHT = "\u001B[C";
const LEFT = "\u001B[D";
const CTRL_C = "\u0003";

/** What is on the screen. */
type Mode =
  | { readonly kind: "tree" }
  | { readonly kind: "typing"; text: string }
  | { readonly kind: "text"; readonly lines: readonly string[]; top: number };

/** See the file. */
export class ViewKeys {
  readonly #tree: ViewTree;
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #title: string;
  readonly #actions: Readonly<Record<string, () => Promise<unknown> | void>>;
  #mode: Mode = { kind: "tree" };
  #top = 0;
  #status = HINT;
  #searched = "";

  constructor(tree: ViewTree, screen: Screen, paint: Paint, title: string) {
    this.#tree = tree;
    this.#screen = screen;
    this.#paint = paint;
    this.#title = title;
    this.#actions = this.#keyActions();
  }

  /** Follows the keys until one ends it. */
  async run(): Promise<void> {
    for (;;) {
      this.#draw();
      const key = await this.#screen.key();
      if (key === null || key === CTRL_C) return;
      if (this.#mode.kind === "typing") await this.#type(key, this.#mode);
      else if (this.#mode.kind === "text") this.#scroll(key, this.#mode);
      else if (key === "q") return;
      else await this.#act(key);
    }
  }

  async #act(key: string): Promise<void> {
    const action = Object.hasOwn(this.#actions, key) ? this.#actions[key] : undefined;
    if (!action) return;
    this.#status = HINT;
    await action();
  }

  #keyActions(): Readonly<Record<string, () => Promise<unknown> | void>> {
    const tree = this.#tree;
    const screenful = () => Math.max(1, this.#screen.size.rows - 2);
    const toStart = () => void (tree.cursor = 0);
    const toEnd = () => void (tree.cursor = Math.max(0, tree.rows.length - 1));
    const enter = async () => {
      const row = tree.current;
      if (row && tree.isOpen(row)) await tree.move(1);
      else await tree.unfold();
    };
    const toggle = async () => {
      const row = tree.current;
      if (row && tree.isOpen(row)) tree.fold();
      else await tree.unfold();
    };
    const threw = (direction: 1 | -1) => () => this.#find(THREW, direction, "No call threw.");
    return {
      [UP]: () => tree.move(-1),
      k: () => tree.move(-1),
      [DOWN]: () => tree.move(1),
      j: () => tree.move(1),
      "\u001B[5~": () => tree.move(-screenful()),
      "\u001B[6~": () => tree.move(screenful()),
      "\u001B[H": toStart,
      "\u001B[1~": toStart,
      g: toStart,
      "\u001B[F": toEnd,
      "\u001B[4~": toEnd,
      G: toEnd,
      [RIGHT]: enter,
      l: enter,
      [LEFT]: () => tree.fold(),
      h: () => tree.fold(),
      " ": toggle,
      "*": () => tree.unfoldAll(),
      p: () => tree.toParent(),
      e: threw(1),
      E: threw(-1),
      n: () => this.#search(1),
      N: () => this.#search(-1),
      "/": () => void (this.#mode = { kind: "typing", text: "" }),
      "\r": () => this.#details(),
      "?": () => this.#show(KEYS.map(([keys, what]) => `  ${keys.padEnd(16)}${what}`)),
    };
  }

  /** A key of the line that is typed. */
  async #type(key: string, mode: { text: string }): Promise<void> {
    if (key === "\r") {
      this.#mode = { kind: "tree" };
      if (mode.text !== "") this.#searched = mode.text;
      await this.#search(1);
    } else if (key === "\u001B") {
      this.#mode = { kind: "tree" };
      this.#status = HINT;
    } else if (key === "\u007F" || key === "\b") {
      mode.text = mode.text.slice(0, -1);
    } else if (key.length <= 2 && key >= " ") {
      mode.text += key;
    }
  }

  /** A key while a text is shown. */
  #scroll(key: string, mode: { readonly lines: readonly string[]; top: number }): void {
    const { rows } = this.#screen.size;
    const moves: Readonly<Record<string, number>> = {
      [UP]: -1,
      k: -1,
      [DOWN]: 1,
      j: 1,
      "\u001B[5~": 2 - rows,
      "\u001B[6~": rows - 2,
      " ": rows - 2,
    };
    if (key === "resize") return;
    const by = Object.hasOwn(moves, key) ? moves[key] : undefined;
    if (by === undefined) this.#mode = { kind: "tree" };
    else mode.top = Math.max(0, Math.min(mode.lines.length - rows + 2, mode.top + by));
  }

  #details(): void {
    const row = this.#tree.current;
    if (row) this.#show(drawDetails(row, this.#screen.size.columns));
  }

  #show(lines: readonly string[]): void {
    this.#mode = { kind: "text", lines, top: 0 };
  }

  async #search(direction: 1 | -1): Promise<void> {
    const text = this.#searched.toLowerCase();
    if (text === "") return;
    await this.#find(callsWith(text), direction, `Nothing has ${JSON.stringify(this.#searched)}.`);
  }

  async #find(
    wanted: Pick<Wanted, "isIt" | "mayBeIn">,
    direction: 1 | -1,
    none: string,
  ): Promise<void> {
    const goOn = (traces: number) => {
      if (traces > 1) {
        this.#status = `looking through trace after trace: ${traces} (any key ends it)`;
        this.#draw();
      }
      return !this.#screen.hasKey;
    };
    const isFound = await this.#tree.find({ ...wanted, goOn }, direction);
    this.#status = isFound ? HINT : none;
  }

  #draw(): void {
    const { columns, rows } = this.#screen.size;
    const mode = this.#mode;
    if (mode.kind === "text") {
      const lines = mode.lines.slice(mode.top, mode.top + rows - 1);
      while (lines.length < rows - 1) lines.push("");
      return this.#screen.draw([...lines, this.#paint.dim("↑ ↓ scroll · any other key: back")]);
    }
    const room = Math.max(1, rows - 2);
    const { cursor } = this.#tree;
    this.#top = Math.max(cursor - room + 1, Math.min(this.#top, cursor));
    const status = mode.kind === "typing" ? `/${mode.text}` : this.#status;
    const style = { columns, rows, paint: this.#paint, top: this.#top, title: this.#title, status };
    this.#screen.draw(drawTree(this.#tree, style));
  }
}

const THREW: Pick<Wanted, "isIt" | "mayBeIn"> = {
  // Where it came from: the callers that it passed are above it.
  isIt: (call, trace) => {
    if (call.status !== "threw") return false;
    const exception = trace.exception(call.exceptionId);
    return !exception || exception.callId === null || exception.callId === call.callId;
  },
  mayBeIn: ({ errors }) => errors > 0,
};

/** Calls whose name, arguments or result have a text, in any case. */
function callsWith(text: string): Pick<Wanted, "isIt" | "mayBeIn"> {
  const has = (value: unknown) =>
    value !== undefined && JSON.stringify(value).toLowerCase().includes(text);
  return {
    isIt: (call: TraceCall) =>
      call.function.toLowerCase().includes(text) || has(call.arguments) || has(call.result),
    mayBeIn: () => true,
  };
}
