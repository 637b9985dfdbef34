/** The page itself: `listen()` → a server, `get(server, agent, path)` → the page's text. */
"use strict";
const express = require("express");
const Handlebars = require("handlebars");
const _ = require("lodash");
const http = require("node:http");

const orders = _.times(120, (at) => ({
  id: at,
  customer: `customer ${at % 7}`,
  cents: (at * 7919) % 5000,
  tags: ["new", "paid", "sent"].slice(0, 1 + (at % 3)),
}));
Handlebars.registerHelper("money", (cents) => (cents / 100).toFixed(2));
const page = Handlebars.compile(`<h1>{{title}}</h1>{{#each groups}}<h2>{{name}}</h2><ul>
{{#each orders}}<li>{{id}} {{money cents}} {{#each tags}}<i>{{this}}</i>{{/each}}</li>{{/each}}</ul>
<b>{{money total}}</b>{{/each}}`);

const app = express();
app.use(express.json());
app.get("/orders/:customer", (request, response) => {
  const chosen = _.filter(orders, (order) => order.customer.endsWith(request.params.customer));
  const groups = _.map(_.groupBy(chosen, "tags.length"), (group, name) => ({
    name,
    orders: _.take(_.sortBy(group, "cents"), 10),
    total: _.sumBy(group, "cents"),
  }));
  response.send(page({ title: `Orders of ${request.params.customer}`, groups }));
});

exports.listen = () =>
  new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve(server));
  });

exports.get = (server, agent, path) =>
  new Promise((resolve, reject) => {
    http
      .get({ agent, host: "127.0.0.1", port: server.address().port, path }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        response.on("end", () => resolve(text));
      })
      .on("error", reject);
  });
