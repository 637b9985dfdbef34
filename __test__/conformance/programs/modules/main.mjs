/** ES modules: top-level await, cycles, import() of CommonJS, live bindings, import.meta. */
import defaultShape, * as shapes from "./lib/shapes.mjs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { count, increment } from "./lib/counter.mjs";

const text = await readFile(new URL("lib/data.txt", import.meta.url), "utf8");
console.log(text.trim(), import.meta.filename?.endsWith("main.mjs"));
increment();
console.log(count, Object.keys(shapes), defaultShape(2), new shapes.Circle(1).area.toFixed(3));
const legacy = await import("./lib/legacy.cjs");
console.log(Object.keys(legacy).sort(), legacy.default.greet("you"), createRequire(import.meta.url)("./lib/legacy.cjs") === legacy.default);
await import("./lib/missing.mjs").catch((error) => console.log(error.code));
await import("./lib/broken.mjs").catch((error) => console.log(error.name, error.message));
export const late = await shapes.describe(new shapes.Circle(2));
console.log(late);
await Promise.reject(new shapes.ShapeError("no such shape", { cause: 1 }));
