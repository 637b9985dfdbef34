/**
 * What the edges of a request take: Node writes the head of one, a recorded function runs; Node tells of one that came, a recorded
 * function serves it. Nothing is sent. Prints µs of CPU each, as JSON.
 *
 * The head is written again and again of one request of `node:http`; what came is told on Node's own channel.
 */
const { channel } = require("node:diagnostics_channel");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const { Socket } = require("node:net");
const { runInThisContext } = require("node:vm");

const times = process.env.BENCH_SIZE === "small" ? 1000 : 200_000;
const headers = { accept: "*/*", "user-agent": "a/1", authorization: "Bearer abc", "x-a": "1" };
const request = http.request({ host: "127.0.0.1", headers, createConnection: () => new Socket() });
request.on("error", () => {});
const own = Object.getOwnPropertySymbols(request).find((s) => s.description === "kOutHeaders");
const came = channel("http.server.request.start");
const response = new http.ServerResponse({ method: "GET" });
const raw = [
  "Host",
  "a",
  "Accept",
  "*/*",
  "User-Agent",
  "a/1",
  "X-A",
  "1",
  "Connection",
  "keep-alive",
];
const traced = [...raw, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"];

function write() {
  request._header = null;
  request._storeHeader("GET / HTTP/1.1\r\n", request[own]);
}
function serve() {}

/** Not recorded, so that each request is served out of every call. */
const repeat = runInThisContext("(n, body) => { for (let i = 0; i < n; i++) body(); }");
const teller = runInThisContext(
  "(channel, message, serve) => () => { channel.publish(message); serve(); }",
);
const tell = (rawHeaders) => teller(came, { request: { rawHeaders }, response, socket: {} }, serve);

/** µs of CPU of this thread; where Node does not tell, Linux does. */
function used() {
  if (process.threadCpuUsage === undefined) {
    return (
      Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1000
    );
  }
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function cost(body) {
  repeat(times / 10, body);
  const before = used();
  repeat(times, body);
  return (used() - before) / times;
}

setImmediate(() => {
  const [out, plain, linked] = [cost(write), cost(tell(raw)), cost(tell(traced))];
  console.log(JSON.stringify({ out, plain, linked }));
  request.destroy();
});
