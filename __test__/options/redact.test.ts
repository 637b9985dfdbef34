import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { redactRules, type RedactOptions } from "../../ts/options/redact";

describe("redactRules", () => {
  it("is the default rules, nothing, or what was chosen", () => {
    expect(redactRules(undefined)).toEqual({ names: [], also: [], except: [] });
    expect(redactRules(false)).toBeNull();
    const chosen = { names: ["shoeSize"], also: ["email", "ip"], except: ["card", "custom"] };
    expect(redactRules(chosen)).toEqual(chosen);
  });

  it("refuses what it does not know, and says what there is", () => {
    const bad = (given: unknown): void => {
      redactRules(given as RedactOptions);
    };
    expect(() => bad({ also: ["emial"] })).toThrow(/no rule "emial".*email, phone, ip/);
    expect(() => bad({ also: ["card"] })).toThrow(/no rule "card"/);
    expect(() => bad({ except: ["nothing"] })).toThrow(/no rule "nothing"/);
    expect(() => bad({ name: ["x"] })).toThrow(/got "name"/);
    expect(() => bad({ names: "x" })).toThrow(/array of texts/);
    expect(() => bad({ names: [""] })).toThrow(/array of texts/);
    expect(() => bad(null)).toThrow(/object or false/);
    expect(() => bad(true)).toThrow(/object or false/);
  });

  it("knows every rule by which the redactor takes names out", () => {
    const folder = new URL("../../crates/redact/src/", import.meta.url);
    const tables = readFileSync(new URL("name_tables.rs", folder), "utf8");
    const rules = [...tables.matchAll(/\("[a-z]+", "([a-z-]+)"\)/g)].map((m) => m[1] as string);
    for (const file of readdirSync(folder)) {
      const source = readFileSync(new URL(file, folder), "utf8");
      for (const match of source.matchAll(/Span::new\([^;"]*"([a-z-]+)"\)/g)) {
        rules.push(match[1] as string);
      }
    }
    expect(rules.length).toBeGreaterThan(40);
    expect(() => redactRules({ except: rules })).not.toThrow();
  });
});
