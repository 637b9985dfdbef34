/** The service's routes. */
import express from "express";

const orders = new Map([1, 2, 3].map((id) => [id, { id, cents: id * 1250 }]));

async function findOrder(id) {
  const order = orders.get(Number(id));
  if (order === undefined) throw new Error(`no order ${id}`);
  return order;
}

function toView({ id, cents }) {
  return { id, total: (cents / 100).toFixed(2) };
}

export function createService() {
  const app = express();
  app.get("/orders/:id", async (request, response) => {
    response.json(toView(await findOrder(request.params.id)));
  });
  app.use((error, _request, response, _next) => {
    response.status(404).json({ error: error.message });
  });
  return app;
}
