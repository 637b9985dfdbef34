/**
 * A long answer through the user's pager: PAGER, or less.
 *
 *     if (!(await readWithPager(text))) process.stdout.write(text);
 *
 * Limits: PAGER is a program and words, not a line for a shell; empty or `cat` is none.
 */
import { spawn } from "node:child_process";

/** As git has it: ends where all fits, keeps colours and links, leaves the text on the screen. */
const LESS = "FRX";

/** Shows it and waits until the user has left; false where there is no pager. */
export async function readWithPager(text: string): Promise<boolean> {
  const [program = "", ...words] = (process.env["PAGER"] ?? "less").trim().split(/\s+/);
  if (program === "" || program === "cat") return false;
  const child = spawn(program, words, {
    stdio: ["pipe", "inherit", "inherit"],
    env: { ...process.env, LESS: process.env["LESS"] ?? LESS, LV: process.env["LV"] ?? "-c" },
  });
  // The pager's own: it goes back to its prompt.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  child.stdin?.on("error", ignore);
  child.stdin?.end(text);
  const started = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", () => resolve(true));
  });
  process.off("SIGINT", ignore);
  return started;
}
