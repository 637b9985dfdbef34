"use strict";
module.exports = [
  {
    rules: {
      "array-callback-return": "error",
      complexity: ["warn", 3],
      "consistent-return": "error",
      eqeqeq: "error",
      "no-shadow": "warn",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unused-vars": "error",
      "prefer-const": "error",
      "prefer-template": "warn",
    },
  },
];
