/** Says what happened, without times. */
"use strict";
module.exports = function Reporter(runner) {
  for (const event of ["suite", "pass", "pending", "suite end"]) runner.on(event, ({ title }) => console.log(event, title));
  runner.on("fail", ({ title }, error) => console.log("fail", title, error.message, error.expected));
};
