// Every way to start Node from Node: what the children say, and how they end.
const { exec, execFileSync, fork, spawn } = require("node:child_process");

/** Output, messages and end of a child. */
async function ended(child) {
  const messages = [];
  child.on("message", (message) => messages.push(JSON.stringify(message)));
  const end = new Promise((done) => child.on("close", (code, signal) => done(`${code} ${signal}`)));
  const streams = [child.stdout, child.stderr].map((stream) => stream?.toArray() ?? []);
  const texts = (await Promise.all(streams)).map((parts) => parts.map(String).join(""));
  return [...texts, ...messages, await end].join(" | ");
}

async function main() {
  const node = process.execPath;
  console.log("fork", await ended(fork("./child.js", ["a"], { silent: true })));
  const own = { silent: true, execArgv: ["--no-warnings"] };
  console.log("execArgv", await ended(fork("./child.js", ["a"], own)));
  console.log("spawn", await ended(spawn(node, ["child.js", "b"])));
  console.log("exec", await ended(exec(`"${node}" child.js c`)));
  const { PATH } = process.env;
  console.log("env", await ended(spawn(node, ["child.js", "d"], { env: { PATH } })));
  console.log("sync", String(execFileSync(node, ["child.js", "e"])).trim());
  console.log("-e", await ended(spawn(node, ["-e", "console.log(1)"])));
  console.log("-p", await ended(spawn(node, ["-p", "process.argv.length"])));
  const reader = spawn(node, ["-"]);
  reader.stdin.end("console.log(7)");
  console.log("stdin", await ended(reader));
  const sleeper = fork("./child.js", ["sleep"], { silent: true });
  sleeper.once("message", () => sleeper.kill("SIGTERM"));
  console.log("killed", await ended(sleeper));
  console.log("cluster", await ended(fork("./cluster.js", { silent: true })));
}
main();
