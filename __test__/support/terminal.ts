/**
 * A program in a pseudo-terminal, as a person runs it.
 *
 *     const terminal = openTerminal([node, cli, "view"], { cwd, columns: 100, rows: 20 });
 *     await terminal.sees("trace 1");
 *     terminal.type("q");
 *     const { status, output } = await terminal.ended();
 *
 * Limits: python3 makes the terminal, so Linux and macOS; what is seen is what was written, in its order,
 * not what stands on the screen.
 */
import { spawn } from "node:child_process";

/** Runs a command in a terminal whose other end is our stdin and stdout. */
const BRIDGE = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
inputs = [0, fd]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        if data: os.write(fd, data)
        else: inputs.remove(0)
    if fd in ready:
        try: data = os.read(fd, 65536)
        except OSError: data = b""
        if not data: break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;
/** What does not come in this time does not come. */
const PATIENCE_MS = 60_000;

/** A terminal with a program in it. */
export interface Terminal {
  /** Waits until a text has been written behind the last that was seen. */
  readonly sees: (text: string) => Promise<void>;
  /** Keys. */
  readonly type: (keys: string) => void;
  /** Waits for the program's end. */
  readonly ended: () => Promise<{ readonly status: number | null; readonly output: string }>;
}

/** Runs a command in a terminal. */
export function openTerminal(
  command: readonly string[],
  how: {
    readonly cwd?: string;
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Terminal {
  const { cwd, columns = 100, rows = 30, env = {} } = how;
  const base = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:BREADCRUMB_|NODE_OPTIONS$|VITEST|NO_COLOR$|FORCE_|CI$|COLUMNS$|TERM|PAGER$)/.test(name),
  );
  const child = spawn("python3", ["-c", BRIDGE, String(columns), String(rows), ...command], {
    cwd,
    env: { ...Object.fromEntries(base), TERM: "xterm-256color", PAGER: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let seen = 0;
  let waiting: (() => void) | null = null;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    waiting?.();
  });
  let isClosed = false;
  const closed = new Promise<number | null>((resolve) => {
    child.once("close", (status) => {
      isClosed = true;
      waiting?.();
      resolve(status);
    });
  });
  const sees = async (text: string): Promise<void> => {
    const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    for (;;) {
      const at = output.indexOf(text, seen);
      if (at >= 0) {
        seen = at + text.length;
        break;
      }
      if (isClosed)
        throw new Error(`${JSON.stringify(text)} is not in ${JSON.stringify(output.slice(seen))}`);
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    clearTimeout(late);
  };
  return {
    sees,
    type: (keys) => void child.stdin.write(keys),
    ended: async () => ({ status: await closed, output }),
  };
}
