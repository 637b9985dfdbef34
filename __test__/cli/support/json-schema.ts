/**
 * What a command prints with `--json`, held against the schema that the package has of it.
 *
 *     expect(unlikeSchema("list", JSON.parse(stdout))).toEqual([]);
 */
import { Ajv } from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../support/program";

const schema = JSON.parse(readFileSync(join(packageRoot, "cli.schema.json"), "utf8"));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(schema, "cli");

/** The definitions that the schema has. */
export const DEFINITIONS: readonly string[] = Object.keys(schema.definitions);

/** Where a document is not as the schema of its command says. */
export function unlikeSchema(command: string, document: unknown): string[] {
  const validate = ajv.getSchema(`cli#/definitions/${command}`);
  if (!validate) return [`cli.schema.json has no ${command}`];
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
