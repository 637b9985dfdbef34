/**
 * A server and who asks it, in one process, one request after the other on one connection. A child: answers a number of requests with the µs
 * of CPU that they took of its thread. Argument: `get`, by `node:http`, or `fetch`.
 */
const { readFileSync } = require("node:fs");
const http = require("node:http");

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const server = http.createServer(serve);

function serve(request, response) {
  response.setHeader("content-type", "text/plain");
  response.end("text");
}

function get(port) {
  return new Promise((resolve, reject) => {
    http
      .get({ agent, host: "127.0.0.1", port, path: "/orders/7" }, (response) => {
        response.resume().on("end", resolve);
      })
      .on("error", reject);
  });
}

async function fetched(port) {
  const response = await fetch(`http://127.0.0.1:${port}/orders/7`);
  await response.text();
}

const ask = process.argv[2] === "fetch" ? fetched : get;

/** µs of CPU of this thread; where Node does not tell, Linux does. */
function used() {
  if (process.threadCpuUsage === undefined) {
    const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(ns) / 1000;
  }
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

async function run(count) {
  const { port } = server.address();
  const before = used();
  for (let i = 0; i < count; i++) await ask(port);
  return used() - before;
}

server.listen(0, "127.0.0.1", () => {
  process.on("message", async (count) => process.send(await run(count)));
  process.on("disconnect", () => process.exit());
  process.send("ready");
});
