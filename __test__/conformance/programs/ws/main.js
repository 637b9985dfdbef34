/** WebSockets: text, bytes, pings, compression and errors, in both directions. */
"use strict";
const { WebSocket, WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: { threshold: 10 } }, () => {
  const { port } = server.address();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/x?y=1`, ["a", "b"]);
  const log = [];
  socket.on("open", () => {
    for (let n = 0; n < 100; n++) socket.send(n % 2 ? `text ${n} ${"x".repeat(n)}` : Buffer.alloc(n, n));
    socket.ping("p");
    socket.send("end");
  });
  socket.on("pong", (data) => log.push(`pong ${data}`));
  socket.on("message", (data, isBinary) => {
    log.push(isBinary ? `bytes ${data.length}` : String(data));
    if (String(data) === "END") socket.close(4001, "bye");
  });
  socket.on("close", (code, reason) => {
    console.log(log.join("\n"), code, String(reason), socket.protocol);
    const refused = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { refuse: "1" } });
    refused.on("unexpected-response", (_, response) => { console.log(response.statusCode); server.close(() => console.log("closed")); response.resume(); refused.on("error", () => {}); refused.terminate(); });
  });
});
server.options.verifyClient = ({ req }) => req.headers["refuse"] === undefined;
server.on("connection", (socket, request) => {
  console.log(request.url, socket.extensions);
  socket.on("message", (data, isBinary) => socket.send(isBinary ? data : String(data).toUpperCase()));
});
