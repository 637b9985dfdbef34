import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPTIONAL_RULES, REDACTION_RULES, redactRules } from "../../ts/options/redact";
import type { RedactOptions } from "../../ts/options/redact";

const USUAL = { names: [], rules: [], also: [], except: [], mark: "label" };

describe("redactRules", () => {
  it("is the default rules, nothing, or what was chosen", () => {
    expect(redactRules(undefined)).toEqual(USUAL);
    expect(redactRules({})).toEqual(USUAL);
    expect(redactRules(false)).toBeNull();
    const chosen = { names: ["shoeSize"], also: ["email", "ip"], except: ["card", "custom"] };
    expect(redactRules(chosen)).toEqual({ ...USUAL, ...chosen });
  });

  it("has own rules, which can be taken out, and replacements", () => {
    expect(redactRules({ rules: { order: "ORD-(.*)" }, except: ["order"], hash: true })).toEqual({
      ...USUAL,
      rules: [{ name: "order", pattern: "ORD-(.*)" }],
      except: ["order"],
      mark: "hash",
    });
    expect(redactRules({ replace: "", hash: false })).toEqual({ ...USUAL, mark: { text: "" } });
  });

  it.each([
    [{ also: ["emial"] }, '"also" knows no rule "emial": did you mean "email"?'],
    [{ also: ["card"] }, '"also" knows no rule "card"; there are email, phone, ip'],
    [{ except: ["githb"] }, '"except" knows no rule "githb": did you mean "github"?'],
    [{ except: ["frobnicate"] }, '"except" knows no rule "frobnicate"; there are password, '],
    [{ name: ["x"] }, 'Option "redact" has no "name": did you mean "names"?'],
    [{ names: "x" }, '"names" is an array of texts'],
    [{ names: [""] }, '"names" is an array of texts'],
    [{ rules: ["x"] }, '"rules" is regular expressions by name'],
    [{ rules: { x: 1 } }, '"rules" is regular expressions by name'],
    [{ rules: { "Order No": "x" } }, 'a rule is called as order-number is; got "Order No"'],
    [{ rules: { card: "x" } }, 'there is a rule "card" already'],
    [{ replace: 1 }, '"replace" is a text of up to 100 characters'],
    [{ replace: "x".repeat(101) }, '"replace" is a text of up to 100 characters'],
    [{ hash: "yes" }, '"hash" is true or false; got "yes"'],
    [{ hash: true, replace: "x" }, 'either "replace" or "hash"'],
    [null, "must be an object or false; got null"],
    [true, "must be an object or false; got true"],
  ])("refuses %j", (given, message) => {
    const check = () => redactRules(given as RedactOptions);
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }));
  });

  it("knows the redactor's rules, in their order", () => {
    const url = new URL("../../crates/redact/src/rules.rs", import.meta.url);
    const source = readFileSync(url, "utf8");
    const rules = [...source.matchAll(/^ {4}[A-Z_]+ "([a-z-]+)",$/gm)].map(([, name]) => name);
    expect(REDACTION_RULES).toEqual(rules);
    const optional = /OPTIONAL: &\[&str\] = &\[(.*)\]/.exec(source)?.[1] ?? "";
    expect(OPTIONAL_RULES).toEqual(optional.split(", ").map((name) => name.slice(1, -1)));
  });
});
