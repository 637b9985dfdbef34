/**
 * A service that records its own requests while it serves.
 *
 *     node examples/express-service/main.mjs [port]
 *     curl http://localhost:3000/orders/3
 */
import { Breadcrumb } from "breadcrumb-tracer";

const session = await Breadcrumb.start({
  include: ["examples/express-service/orders.mjs", "npm:express"],
});
const { createService } = await import("./orders.mjs"); // express is loaded there, after start()

const server = createService().listen(Number(process.argv[2] ?? 3000), () => {
  console.log(`listening on ${server.address().port}`);
});
process.once("SIGTERM", () => {
  server.close(async () => {
    const { recorded, exceptions } = await session.stop();
    console.log(`${recorded > 0 ? "recorded" : "nothing recorded"}, ${exceptions} exception`);
  });
});
