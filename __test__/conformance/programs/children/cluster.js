const cluster = require("node:cluster"); const http = require("node:http");
function handle(q, r) { r.end("ok " + q.url) }
if (cluster.isPrimary) {
  for (let i = 0; i < 3; i++) cluster.fork();
  let up = 0, down = 0;
  cluster.on("listening", async (w, { port }) => { if (++up < 3) return;
    for (let i = 0; i < 6; i++) console.log(await (await fetch(`http://127.0.0.1:${port}/${i}`)).text());
    for (const w of Object.values(cluster.workers)) w.kill() });
  cluster.on("exit", (w, c, s) => { if (++down === 3) console.log("all down", c, s) });
} else http.createServer(handle).listen(0);
