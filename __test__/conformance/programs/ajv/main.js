/** A validator that makes its code with `new Function`. */
"use strict";
const Ajv = require("ajv");

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addKeyword({ keyword: "even", validate: (wanted, n) => (n % 2 === 0) === wanted });
const validate = ajv.compile({
  $id: "order",
  type: "object",
  required: ["id", "lines"],
  properties: {
    id: { type: "integer", even: true },
    lines: { type: "array", minItems: 1, items: { $ref: "#/definitions/line" } },
    kind: { oneOf: [{ const: "a" }, { const: "b" }, { pattern: "^x+$", type: "string" }] },
  },
  definitions: {
    line: {
      type: "object",
      additionalProperties: false,
      properties: { name: { type: "string", maxLength: 5 }, next: { $ref: "#/definitions/line" } },
    },
  },
});
for (let at = 0; at < 40; at++) {
  const order = { id: at, lines: at % 4 ? [{ name: "n".repeat(at % 8), next: { name: at % 3 ? "ok" : 7 } }] : [], kind: "abx"[at % 3] };
  console.log(at, validate(order), ajv.errorsText(validate.errors));
}
console.log(validate.length, validate.name, typeof validate.source);
try {
  ajv.compile({ type: "nothing" });
} catch (error) {
  console.log(error.message);
}
