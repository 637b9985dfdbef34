/**
 * Orders, of two services the first. It asks PostgreSQL, and the second (`stock.js`) over HTTP; both are recorded into one store with
 * `--edges all`: requests and queries are calls, and what a request led to in the other service hangs below the one that asked.
 *
 *     export PGHOST=… PGUSER=… PGDATABASE=…
 *     psql -f examples/two-services/schema.sql
 *     npx breadcrumb run --edges all examples/two-services/stock.js &
 *     npx breadcrumb run --edges all examples/two-services/orders.js &
 *     curl http://127.0.0.1:3000/customers/customer-7     # slow: why?
 *     npx breadcrumb list --root http.server --min 200ms
 *     npx breadcrumb show <trace>
 */
const express = require("express");
const { once } = require("node:events");
const http = require("node:http");
const { Pool } = require("pg");

const stock = process.env.STOCK_URL ?? "http://127.0.0.1:3001";
const db = new Pool();

async function findOrder(id) {
  const { rows } = await db.query("SELECT id, customer, state FROM orders WHERE id = $1", [id]);
  return rows[0];
}

async function linesOf(id) {
  const sql = "SELECT sku, count FROM lines WHERE order_id = $1 ORDER BY sku";
  return (await db.query(sql, [id])).rows;
}

async function ordersOf(customer) {
  const sql = "SELECT id FROM orders WHERE customer = $1 ORDER BY id";
  return (await db.query(sql, [customer])).rows;
}

async function askStock(path, lines) {
  const skus = new Set();
  for (const { sku } of lines) skus.add(sku);
  const response = await fetch(`${stock}/${path}?sku=${[...skus].join()}`);
  return await response.json();
}

/** An order is paid for once. */
async function pay(id) {
  const client = await db.connect();
  try {
    await client.query("BEGIN");
    const found = await client.query("SELECT state FROM orders WHERE id = $1 FOR UPDATE", [id]);
    const isNew = found.rows[0].state === "new";
    if (isNew) await client.query("UPDATE orders SET state = 'paid' WHERE id = $1", [id]);
    await client.query("COMMIT");
    return isNew;
  } finally {
    client.release();
  }
}

/** Asks by `node:http`, as many libraries do. */
async function reserve(reservation) {
  const headers = { "content-type": "application/json" };
  const request = http.request(`${stock}/reservations`, { method: "POST", headers });
  request.end(JSON.stringify(reservation));
  const [answer] = await once(request, "response");
  let text = "";
  for await (const part of answer.setEncoding("utf8")) text += part;
  return JSON.parse(text);
}

async function showOrder(request, response) {
  const order = await findOrder(request.params.id);
  if (order === undefined) return response.status(404).json({ error: "no such order" });
  const lines = await linesOf(order.id);
  return response.json({ ...order, lines, stock: await askStock("levels", lines) });
}

async function payOrder(request, response) {
  const { id } = request.params;
  const isPaid = await pay(id);
  const lines = await linesOf(id);
  const callback = `http://${request.headers.host}/orders/${id}/state`;
  const { reserved } = await reserve({ order: id, lines, callback });
  response.json({ isPaid, reserved });
}

async function showState(request, response) {
  response.json({ state: (await findOrder(request.params.id)).state });
}

/** Slow: a query for each order, and a forecast that takes its time. */
async function showCustomer(request, response) {
  const orders = await ordersOf(request.params.name);
  const lines = [];
  for (const { id } of orders) lines.push(...(await linesOf(id)));
  response.json({ orders, forecast: await askStock("forecast", lines) });
}

const app = express();
app.get("/orders/:id", showOrder);
app.get("/orders/:id/state", showState);
app.post("/orders/:id/payment", payOrder);
app.get("/customers/:name", showCustomer);

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
process.once("SIGTERM", () => server.close(() => db.end()));
