/**
 * A cheap look at a Parquet file before DuckDB is given it: size and both ends.
 *
 *     checkParquet("r1-0-calls.parquet", 5120)   // null, or what is wrong with it
 *
 * Limits: damage inside shows only when a query reads it; `Reader` then takes the file out.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MAGIC = "PAR1";
/** Magic, an empty footer, its length and magic again. */
const MIN_BYTES = 12;

/** What is wrong with the file, or null. `bytes` is the size that its summary says, if it does. */
export function checkParquet(path: string, bytes?: number): string | null {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "is missing" : `cannot be opened: ${code}`;
  }
  try {
    const { size } = fstatSync(fd);
    if (bytes !== undefined && size !== bytes) {
      return `has ${size} bytes where its summary says ${bytes}`;
    }
    if (size < MIN_BYTES) return `has only ${size} bytes`;
    const ends = Buffer.alloc(MIN_BYTES);
    readSync(fd, ends, 0, 4, 0);
    readSync(fd, ends, 4, 8, size - 8);
    const text = ends.toString("latin1");
    if (!text.startsWith(MAGIC) || !text.endsWith(MAGIC)) return "is no Parquet file";
    const footer = ends.readUInt32LE(4);
    return footer > size - MIN_BYTES ? "has a damaged footer" : null;
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code}`;
  } finally {
    closeSync(fd);
  }
}
