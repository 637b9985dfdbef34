/** Documents are parsed, checked against schemas, changed and written. */
"use strict";
const { parse, parseAllDocuments, parseDocument, stringify, Scalar, visit } = require("yaml");
const { z } = require("zod");

const text = `# head\na: &x {b: [1, 2.5, ~, "q", 'r']}\nc: *x\nd: |\n  block\n  text\ne: >-\n  folded\n  text\nf: !!set {a, b}\ng: 2026-01-02\n<<: *x\n`;
const document = parseDocument(text, { merge: true });
console.log(JSON.stringify(document.toJS()), document.errors.length);
document.setIn(["a", "b", 1], new Scalar(9));
visit(document, { Pair: (_, pair) => (String(pair.key) === "e" ? visit.REMOVE : undefined) });
console.log(String(document), parseAllDocuments("a\n---\nb: 1\n...").length);
console.log(stringify({ list: Array.from({ length: 30 }, (_, n) => ({ n, s: "x".repeat(n) })), nil: null }));
const Order = z.object({ id: z.number().int(), lines: z.array(z.discriminatedUnion("kind", [z.object({ kind: z.literal("a"), n: z.coerce.number() }), z.object({ kind: z.literal("b"), s: z.string().min(2).transform((s) => s.length) })])), note: z.string().optional().default("none") }).strict().refine(({ id, lines }) => id !== lines.length, "as many as its id");
for (const value of [{ id: 1, lines: [] }, { id: 1, lines: [{ kind: "b", s: "x" }] }, { id: "1", extra: 1 }, { id: 2, lines: [{ kind: "a", n: "3" }, { kind: "b", s: "abc" }] }]) {
  console.log(JSON.stringify(Order.safeParse(value)));
}
try {
  parse("a: [1, 2\nb: }");
} catch (error) {
  console.log(error.name, error.message, error.linePos);
}
