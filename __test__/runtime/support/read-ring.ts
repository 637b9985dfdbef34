/**
 * Reads the records of a ring back, for tests: the layout of `crates/event/src/layout.rs`, said a
 * second time.
 */
import * as layout from "../../../ts/native/layout";

/** A record. */
export interface ReadRecord {
  kind: string;
  hi: number;
  flags: number;
  /** Its length, in words of 8 bytes. */
  words: number;
  values: unknown[];
}

const KINDS: Record<number, string> = {
  [layout.ENTER]: "ENTER",
  [layout.RETURN]: "RETURN",
  [layout.UNWIND]: "UNWIND",
  [layout.SUSPEND]: "SUSPEND",
  [layout.RESUME]: "RESUME",
  [layout.THROW]: "THROW",
  [layout.CATCH]: "CATCH",
  [layout.UNCAUGHT]: "UNCAUGHT",
  [layout.CLOCK]: "CLOCK",
  [layout.LOST]: "LOST",
  [layout.CONTEXT]: "CONTEXT",
  [layout.LOCALS]: "LOCALS",
  [layout.LINES]: "LINES",
  [layout.LINK]: "LINK",
};

/** All records but clock readings, chunk by chunk in the order in which they were opened. */
export function readRing(memory: ArrayBuffer): ReadRecord[] {
  const i32 = new Int32Array(memory);
  const starts: { order: number; word: number }[] = [];
  for (let i = 0; i < layout.MAX_CHUNKS; i++) {
    const state = i32[layout.STATES_OFFSET / 4 + i];
    if (state !== layout.CHUNK_OPEN && state !== layout.CHUNK_CLOSED) continue;
    const word = (layout.CHUNKS_OFFSET + i * layout.CHUNK_BYTES) / 8;
    starts.push({ order: i32[2 * word] as number, word });
  }
  starts.sort((a, b) => a.order - b.order);
  return starts.flatMap(({ word }) => readChunk(memory, word)).filter((r) => r.kind !== "CLOCK");
}

function readChunk(memory: ArrayBuffer, start: number): ReadRecord[] {
  const i32 = new Int32Array(memory);
  const records: ReadRecord[] = [];
  let at = start + layout.CHUNK_HEADER_WORDS;
  while (at < start + layout.CHUNK_WORDS) {
    const lo = i32[2 * at] as number;
    if (lo === 0) break;
    const words = (lo >> layout.WORDS_SHIFT) & layout.WORDS_MASK;
    const reader = { at: at + 1, memory, chunk: start };
    const values: unknown[] = [];
    for (let n = lo >>> layout.VALUES_SHIFT; n > 0; n--) values.push(readValue(reader));
    if (values.length > 0 && reader.at !== at + words) throw new Error("a record's size is wrong");
    const kind = KINDS[lo & layout.KIND_MASK] ?? "?";
    if (kind === "LINES") values.push(...readBlocks(i32.subarray(2 * at + 3, 2 * (at + words))));
    if (kind === "LINK") values.push(...readLink(i32, at));
    records.push({
      kind,
      hi: i32[2 * at + 1] as number,
      flags: (lo >> layout.FLAGS_SHIFT) & 7,
      words,
      values,
    });
    at += words;
  }
  return records;
}

/** The distance, the trace's id and the span's. */
function readLink(i32: Int32Array, at: number): unknown[] {
  const [distance] = new Float64Array(i32.buffer, 8 * (at + 1), 1);
  const ids = [...i32.subarray(2 * at + 4, 2 * at + 10)];
  const hex = ids.map((word) => (word >>> 0).toString(16).padStart(8, "0"));
  return [distance, hex.slice(0, 4).join(""), hex.slice(4).join("")];
}

/** `[block, times]` of each half word behind the function's id. */
function readBlocks(halves: Int32Array): number[][] {
  const mask = 2 ** layout.BLOCK_BITS - 1;
  return [...halves]
    .filter((half) => half !== 0)
    .map((half) => [half & mask, half >>> layout.BLOCK_BITS]);
}

interface Reader {
  at: number;
  memory: ArrayBuffer;
  /** Word where the chunk begins. */
  chunk: number;
}

function readValue(reader: Reader): unknown {
  const view = new DataView(reader.memory, reader.at * 8, 8);
  reader.at += 1;
  const high = view.getUint32(4, true);
  if ((high & layout.BOX) >>> 0 !== layout.BOX) return view.getFloat64(0, true);
  const tag = high & layout.TAG_MASK;
  const stored = (high >>> layout.STORED_SHIFT) & layout.STORED_MASK;
  const payload = view.getUint32(0, true);
  const many = (n: number): unknown[] => Array.from({ length: n }, () => readValue(reader));
  switch (tag) {
    case layout.TAG_UNDEFINED:
      return undefined;
    case layout.TAG_NULL:
      return null;
    case layout.TAG_FALSE:
      return false;
    case layout.TAG_TRUE:
      return true;
    case layout.TAG_NAN:
      return Number.NaN;
    case layout.TAG_STRING8:
      return text(reader, "latin1", stored, stored, payload);
    case layout.TAG_STRING16:
      return text(reader, "utf16le", stored * 2, stored, payload);
    case layout.TAG_STRING_AT:
      return readValue({ ...reader, at: reader.chunk + payload });
    case layout.TAG_ARRAY:
      return { array: many(stored), length: payload };
    case layout.TAG_OBJECT: {
      const name = readValue(reader);
      return { class: name, entries: many(stored * 2), length: payload };
    }
    case layout.TAG_MAP:
      return { map: many(stored * 2), length: payload };
    case layout.TAG_SET:
      return { set: many(stored), length: payload };
    case layout.TAG_BIGINT64:
      reader.at += 1;
      return new DataView(reader.memory, (reader.at - 1) * 8, 8).getBigInt64(0, true);
    case layout.TAG_DATE:
      reader.at += 1;
      return { date: new DataView(reader.memory, (reader.at - 1) * 8, 8).getFloat64(0, true) };
    case layout.TAG_ERROR: {
      const error = many(3).slice(0, 2);
      return payload === 0 ? { error } : { error, entries: many(stored * 2), length: payload };
    }
    case layout.TAG_FUNCTION:
      return { function: readValue(reader) };
    case layout.TAG_SYMBOL:
      return { symbol: readValue(reader) };
    case layout.TAG_REGEXP:
      return { regexp: readValue(reader) };
    case layout.TAG_BYTES: {
      const bytes = readValue(reader);
      const start = reader.at * 8;
      reader.at += Math.ceil(stored / 8);
      const hex = Buffer.from(reader.memory, start, stored).toString("hex");
      return { bytes, length: payload, hex };
    }
    case layout.TAG_TYPED:
      return { typed: readValue(reader), items: many(stored), length: payload };
    case layout.TAG_BOXED:
      return { boxed: readValue(reader) };
    case layout.TAG_OPAQUE:
      return { opaque: readValue(reader) };
    case layout.TAG_IDENTIFIED:
      return { id: payload, value: readValue(reader) };
    case layout.TAG_EXTENDED: {
      const name = readValue(reader);
      return { class: name, value: readValue(reader), entries: many(stored * 2), length: payload };
    }
    case layout.TAG_PROMISE:
      return stored === 0 ? { promise: payload } : { promise: payload, value: readValue(reader) };
    case layout.TAG_BIGINT:
      return { negative: payload === 1, hex: readValue(reader) };
    case layout.TAG_CUT:
      return { cut: payload, of: stored };
    default:
      return { tag, payload };
  }
}

function text(
  reader: Reader,
  encoding: "latin1" | "utf16le",
  bytes: number,
  stored: number,
  length: number,
): unknown {
  const start = reader.at * 8;
  reader.at += Math.ceil(bytes / 8);
  const value = Buffer.from(reader.memory, start, bytes).toString(encoding);
  return stored === length ? value : { text: value, length };
}
