"use strict";
const webpack = require("webpack");
const path = require("node:path");

const config = {
  mode: "production",
  context: __dirname,
  entry: { main: "./src/main.mjs" },
  output: { path: path.join(__dirname, "out"), filename: "[name].[contenthash:8].js" },
  devtool: "source-map",
  cache: false,
};

webpack(config, (error, stats) => {
  if (error) throw error;
  console.log(
    stats.toString({ colors: false, timings: false, version: false, builtAt: false, hash: true }),
  );
});
