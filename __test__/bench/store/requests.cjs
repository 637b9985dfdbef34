"use strict";
// Requests of 201 calls over some 500 functions, two small numbers each: `node requests.cjs <calls>`.
// Once in 50,000 requests a refund, once in 5,000 an error, once in all a text to be found again.
const { handle } = require("./app.cjs");

const requests = Math.ceil(Number(process.argv[2]) / 201);
let sum = 0;
for (let n = 0; n < requests; n++) sum = (sum + handle(n, requests)) | 0;
console.log(sum);
