/**
 * `breadcrumb export`: a store, or a part of it, as files that need nothing of ours.
 */
import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { badOption } from "../errors";
import {
  type CallFilter,
  type CallStatus,
  chromeTrace,
  type ExportFormat,
  type ExportTable,
  foldedStacks,
  type SampleKind,
  speedscopeProfile,
  type Store,
} from "../query/index";
import { text, time } from "./arguments";
import type { CommandContext } from "./command";
import { parseFilter } from "./filter-text";
import type { JsonDocuments } from "./json-documents";
import { bytes, plural } from "./quantities";
import { printable } from "./printable";

/** What a file's name says of its format. */
const FORMATS_BY_NAME: readonly (readonly [ending: RegExp, format: Format])[] = [
  [/\.speedscope\.json$/, "speedscope"],
  [/\.(?:trace|chrome)\.json$/, "chrome"],
  [/\.folded(?:\.txt)?$/, "folded"],
  [/\.(?:duckdb|db)$/, "duckdb"],
  [/\.parquet$/, "parquet"],
  [/\.csv$/, "csv"],
  [/\.(?:jsonl|ndjson)$/, "jsonl"],
];
/** Formats that are drawn from stacks or a trace. */
const PICTURES = ["speedscope", "folded", "chrome"] as const;
type Picture = (typeof PICTURES)[number];
type Format = ExportFormat | Picture;

/** What is drawn. */
interface Drawing {
  readonly picture: Picture;
  readonly filter: CallFilter;
  /** Of samples instead of calls. */
  readonly samples: SampleKind | undefined;
}

/** The command `export`. */
export async function exportFiles(context: CommandContext): Promise<number> {
  const { store, output, values, positionals } = context;
  const [to = ""] = positionals;
  const format = (text(values, "format") as Format | undefined) ?? formatOf(to);
  const overwrite = values["overwrite"] === true;
  const filter: CallFilter = {
    ...parseFilter(text(values, "filter") ?? ""),
    ...(values["run"] === undefined ? {} : { run: text(values, "run") }),
    ...(values["trace"] === undefined ? {} : { trace: text(values, "trace") }),
    ...(values["status"] === undefined ? {} : { status: text(values, "status") as CallStatus }),
    ...(values["since"] === undefined ? {} : { since: time(values, "since") }),
    ...(values["until"] === undefined ? {} : { until: time(values, "until") }),
  };
  const samples = kindOf(text(values, "samples"));
  const picture = PICTURES.find((known) => known === format);
  if (picture !== undefined) {
    const { path, size } = await writePicture(store, to, { picture, filter, samples, overwrite });
    if (values["json"])
      output.json({ path, format: picture, bytes: size } satisfies JsonDocuments["export"]);
    else output.line(`${printable(path)}: ${bytes(size)}`);
    return 0;
  }
  if (samples !== undefined) {
    throw badOption(
      `--samples is for speedscope and folded; --table samples has the rows: got ${format}`,
    );
  }
  const table = text(values, "table") as ExportTable | undefined;
  const written = await store.export({
    to,
    format: format as ExportFormat,
    table: table ?? (/\.[a-z]+$/.test(basename(to)) && format !== "duckdb" ? "calls" : undefined),
    filter,
    overwrite,
  });
  if (values["json"]) {
    output.json(written satisfies JsonDocuments["export"]);
    return 0;
  }
  const rows = Object.entries(written.rows).map(([name, number]) => {
    return `${name}: ${plural(number, "row")}`;
  });
  output.line(`${printable(written.path)} (${bytes(written.bytes)})  ${rows.join(", ")}`);
  return 0;
}

function formatOf(to: string): Format {
  const found = FORMATS_BY_NAME.find(([ending]) => ending.test(to))?.[1];
  if (found !== undefined) return found;
  throw badOption(
    `what ${JSON.stringify(to)} is to be is not in its name: --format is duckdb, parquet, csv, jsonl, speedscope, folded or chrome`,
  );
}

async function writePicture(
  store: Store,
  to: string,
  how: Drawing & { readonly overwrite: boolean },
): Promise<{ path: string; size: number }> {
  const path = resolve(to);
  const content = await drawPicture(store, how);
  try {
    writeFileSync(path, content, { flag: how.overwrite ? "w" : "wx" });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw badOption(code === "EEXIST" ? `${path} is there: --overwrite replaces it` : message);
  }
  return { path, size: Buffer.byteLength(content) };
}

function kindOf(word: string | undefined): SampleKind | undefined {
  if (word === undefined || word === "cpu" || word === "heap") return word;
  throw badOption(`--samples is cpu or heap; got ${JSON.stringify(word)}`);
}

async function drawPicture(store: Store, { picture, filter, samples }: Drawing): Promise<string> {
  const { run, trace, since, until, function: focus, ...others } = filter;
  const [unused] = Object.keys(others);
  if (unused !== undefined) throw badOption(`${picture} cannot be narrowed by ${unused}`);
  if (picture === "chrome") {
    if (samples !== undefined)
      throw badOption("chrome is of a trace's calls: --samples is for speedscope and folded");
    return JSON.stringify(chromeTrace(await store.timeline(trace ?? "latest")));
  }
  const flame = await store.flame({ run, trace, since, until, focus, samples });
  if (picture === "folded") return `${foldedStacks(flame).join("\n")}\n`;
  const unit = samples === "heap" ? "bytes" : "nanoseconds";
  return JSON.stringify(speedscopeProfile(flame, "breadcrumb", unit));
}
