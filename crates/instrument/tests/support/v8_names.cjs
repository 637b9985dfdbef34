// Loads modules and prints what V8 calls the functions of their files, a line of JSON for each:
// [file, start, end, name]; the first line is V8's major version. Arguments: a file with a line for each
// file that is to be compiled from another one (its path, a tab, the other's path), then modules.
'use strict';
const { readFileSync, writeSync } = require('node:fs');
const { Session } = require('node:inspector');
const Module = require('node:module');
const { fileURLToPath } = require('node:url');

const [list, ...modules] = process.argv.slice(2);
const texts = new Map(
  readFileSync(list, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t')),
);
const { _compile } = Module.prototype;
Module.prototype._compile = function (text, file, ...rest) {
  const other = texts.get(file);
  return _compile.call(this, other ? readFileSync(other, 'utf8') : text, file, ...rest);
};
const keep = (_, value) => value;
const keepAssigned = (f, id, k, value) => value;
globalThis.$bc = new Proxy(
  {
    s: keep,
    r: keep,
    q: keep,
    t: keep,
    a: keepAssigned,
    i: keepAssigned,
    d: keepAssigned,
    g: keepAssigned,
  },
  { get: (own, name) => own[name] ?? (/^[eg]\d$/.test(name) ? () => 0 : () => {}) },
);

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
const needed = Module.createRequire(`${process.cwd()}/main.js`);
for (const name of modules) needed(name);
session.post('Profiler.takePreciseCoverage', (_, { result }) => {
  let text = `${Number.parseInt(process.versions.v8, 10)}\n`;
  for (const { url, functions } of result) {
    if (!url.startsWith('file:')) continue;
    const file = fileURLToPath(url);
    // The first is the file itself.
    for (const { functionName, ranges } of functions.slice(1)) {
      const [{ startOffset, endOffset }] = ranges;
      text += `${JSON.stringify([file, startOffset, endOffset, functionName])}\n`;
    }
  }
  for (let at = 0, bytes = Buffer.from(text); at < bytes.length; ) at += writeSync(1, bytes, at);
  process.exit();
});
