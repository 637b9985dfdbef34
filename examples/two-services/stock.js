/** What is in stock: the service that `orders.js` asks. */
const express = require("express");
const { Pool } = require("pg");

const db = new Pool();

async function levels(skus) {
  const sql = "SELECT sku, on_hand FROM stock WHERE sku = ANY($1) ORDER BY sku";
  return (await db.query(sql, [skus])).rows;
}

/** Slow: the sleep stands for an index that is missing. */
async function forecast(skus) {
  const sql =
    "SELECT sku, on_hand - 3 AS left FROM stock, pg_sleep(0.2) WHERE sku = ANY($1) ORDER BY sku";
  return (await db.query(sql, [skus])).rows;
}

async function reserve(order, { sku, count }) {
  await db.query("INSERT INTO reservations VALUES ($1, $2, $3)", [order, sku, count]);
}

/** Asks whoever wants something reserved whether they still do. */
async function isWanted(callback) {
  const response = await fetch(callback);
  return (await response.json()).state === "paid";
}

async function showLevels(request, response) {
  response.json(await levels(request.query.sku.split(",")));
}

async function showForecast(request, response) {
  response.json(await forecast(request.query.sku.split(",")));
}

async function takeReservation(request, response) {
  const { order, lines, callback } = request.body;
  if (!(await isWanted(callback))) return response.status(409).json({ reserved: 0 });
  for (const line of lines) await reserve(order, line);
  return response.status(201).json({ reserved: lines.length });
}

const app = express();
app.use(express.json());
app.get("/levels", showLevels);
app.get("/forecast", showForecast);
app.post("/reservations", takeReservation);

const server = app.listen(Number(process.env.PORT ?? 3001), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
process.once("SIGTERM", () => server.close(() => db.end()));
