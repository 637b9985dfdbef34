/**
 * A flame graph as other tools read it.
 *
 *     foldedStacks(flame)       // ["main (src/main.js:1);load (src/load.js:7) 400000", …]
 *     speedscopeProfile(flame)  // for https://www.speedscope.app
 *
 * `flame.root` itself is what d3-flame-graph takes (`name`, `value`, `children`). Limits: durations
 * are running time, in ns.
 */
import { placeText } from "./place-text";
import type { Flame, FlameNode } from "./pictures";

/** A line a stack: its functions, `;` between them, and the ns that its last one ran itself. */
export function foldedStacks(flame: Flame): string[] {
  const lines: string[] = [];
  walk(flame, (stack, { selfNs }) => {
    lines.push(`${stack.map(folded).join(";")} ${selfNs}`);
  });
  return lines;
}

/** What weights are: `nanoseconds`, or `bytes` of samples of the heap. */
export type SpeedscopeUnit = "nanoseconds" | "bytes";

/** A profile in speedscope's format. */
export function speedscopeProfile(
  flame: Flame,
  name = "breadcrumb",
  unit: SpeedscopeUnit = "nanoseconds",
): SpeedscopeProfile {
  const frames: SpeedscopeFrame[] = [];
  const numbers = new Map<string, number>();
  const samples: number[][] = [];
  const weights: number[] = [];
  walk(flame, (stack, { selfNs }) => {
    samples.push(
      stack.map((node) => {
        const key = JSON.stringify([node.name, node.file, node.line, node.col]);
        const known = numbers.get(key);
        if (known !== undefined) return known;
        const { file, line, col } = node;
        numbers.set(key, frames.length);
        // V8's own have no place.
        const place = file === null || line === null || col === null ? {} : { file, line, col };
        return frames.push({ name: node.name, ...place }) - 1;
      }),
    );
    weights.push(selfNs);
  });
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "breadcrumb-tracer",
    shared: { frames },
    profiles: [
      {
        type: "sampled",
        name,
        unit,
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples,
        weights,
      },
    ],
  };
}

/** A function, as speedscope has it. */
export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
}

/** A file of speedscope: https://www.speedscope.app/file-format-schema.json. */
export interface SpeedscopeProfile {
  readonly $schema: string;
  readonly name: string;
  readonly exporter: string;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly {
    readonly type: "sampled";
    readonly name: string;
    readonly unit: SpeedscopeUnit;
    readonly startValue: number;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

/** Shows each stack that ran itself, from the outermost function on. */
function walk(flame: Flame, show: (stack: readonly FlameNode[], node: FlameNode) => void): void {
  const waiting = flame.root.children.map((node) => [node]).toReversed();
  for (let stack = waiting.pop(); stack; stack = waiting.pop()) {
    const node = stack.at(-1) as FlameNode;
    if (node.selfNs > 0) show(stack, node);
    for (const child of node.children.toReversed()) waiting.push([...stack, child]);
  }
}

function folded({ name, file, line }: FlameNode): string {
  const place = file === null ? "" : ` (${placeText({ file, line })})`;
  return `${name}${place}`.replaceAll(/[;\n\r]/g, ",");
}
