/**
 * Programs that ask others over HTTP: ways to ask, a server that says which headers it got, and what was recorded.
 *
 *     const { store, stdout } = await echo(node, `… await ask.get(port, "/") …`);
 */
import { join } from "node:path";
import { expect } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { cli, packageRoot, project, run } from "./program";

export const ID = "0af7651916cd43dd8448eb211c80319c";
export const SPAN = "b7ad6b7169203331";
export const HEADER = `00-${ID}-${SPAN}-01`;

/** Of `localhost`, valid for a hundred years. */
const TLS = `
  exports.key = \`-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBEotgJy1fTA50SqX
dFh6qrHv9cu+ZLv1usbQsbaZUGShRANCAAQV7qZ0ipsc58EnyXjeGrZygtMoA/rD
OraLzPLtb0jnuq7OVomHbSsdtPZSlCgxZvdaMeM2hqn/zIVq5bvpZd2w
-----END PRIVATE KEY-----\`;
  exports.cert = \`-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUKHkPu0ZZEndnXQYAV05Q1fB/TsAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODA5MDIxOFoYDzIxMjYxMTA0
MDkwMjE4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQV7qZ0ipsc58EnyXjeGrZygtMoA/rDOraLzPLtb0jnuq7OVomHbSsd
tPZSlCgxZvdaMeM2hqn/zIVq5bvpZd2wo1MwUTAdBgNVHQ4EFgQUyux8pUwtml8Q
idWfgRToKX0k+dUwHwYDVR0jBBgwFoAUyux8pUwtml8QidWfgRToKX0k+dUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA2SGYpTJ3R8k45vvms0Mi
X/PKwoiSFjlLzbQxUhefvmcCIQCiZPoEfkBqBOvadWjcjlJxFSlDXFLqgMUkbNEJ
lSiRvg==
-----END CERTIFICATE-----\`;`;

/** Ways to ask for a text: \`ask(port, path)\` gives a promise of it. */
export const ASK = `
  const http = require("node:http");
  const https = require("node:https");
  function text(ok, fail) {
    return (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => ok(text));
      response.on("error", fail);
    };
  }
  const promise = (make) => new Promise((ok, fail) => make(text(ok, fail)).on("error", fail));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const secure = new https.Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  exports.end = () => { agent.destroy(); secure.destroy(); };
  exports.get = (port, path) => promise((done) => http.get({ port, path, agent }, done));
  exports.post = (port, path) => promise((done) => {
    const request = http.request({ port, path, method: "POST", agent }, done);
    request.setHeader("content-type", "text/plain");
    request.write("a");
    request.end("b");
    return request;
  });
  exports.list = (port, path) => promise((done) => {
    const headers = ["Host", "127.0.0.1", "X-One", "1"];
    return http.request({ port, path, agent, headers }, done).end();
  });
  exports.expect = (port, path) => promise((done) => {
    const headers = { expect: "100-continue" };
    const request = http.request({ port, path, method: "POST", agent, headers }, done);
    return request.on("continue", () => request.end("later"));
  });
  exports.tls = (port, path) => promise((done) => https.get({ port, path, agent: secure }, done));
  exports.fetch = async (port, path) => (await fetch("http://127.0.0.1:" + port + path)).text();
  exports.fetchPost = async (port, path) => {
    const headers = { "x-one": "1" };
    return (await fetch("http://127.0.0.1:" + port + path, { method: "POST", body: "a", headers })).text();
  };
  exports.undici = async (port, path) => {
    const { request } = require(${JSON.stringify(join(packageRoot, "node_modules/undici"))});
    return (await request("http://127.0.0.1:" + port + path)).body.text();
  };`;

/** Records a program of these files, and hands over what was recorded. */
export async function record(
  node: string,
  files: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ store: Store; stdout: string }> {
  const at = words.indexOf("--");
  const options = words.slice(0, at < 0 ? 0 : at);
  const args = words.slice(at + 1);
  const folder = project({ "ask.js": ASK, "tls.js": TLS, ...files });
  const main = "main.mjs" in files ? "main.mjs" : "main.js";
  const command = [cli, "run", "--quiet", ...options, "--", node, main, ...args];
  const ended = run(node, command, folder);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  return { store: await openStore(join(folder, ".breadcrumb")), stdout: ended.stdout };
}

/** A server that says which headers it got, in a process that is not recorded; `main` asks it. */
export const ECHO = `
  const { fork } = require("node:child_process");
  exports.echo = (main) => {
    const child = fork("./echo.js", [], { execArgv: [], env: { PATH: "" } });
    child.on("message", async (port) => {
      await main(port);
      child.disconnect();
      require("./ask").end();
    });
  };`;
export const ECHO_SERVER = `
  const server = require("node:http").createServer((request, response) => {
    request.resume().on("end", () => response.end(JSON.stringify(request.headers)));
  });
  server.listen(0, () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());`;

/** What a program that asks the server prints, and what is recorded of it. */
export function echo(node: string, main: string, ...options: string[]) {
  const idle = "exports.idle = () => 1;";
  const files = { "main.js": main, "echo.js": ECHO_SERVER, "start.js": ECHO, "idle.js": idle };
  return record(node, files, ...options, "--");
}
