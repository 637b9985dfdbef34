// Compiles originals and instrumented texts with V8, without running them, and prints where one is
// accepted and the other is not. Arguments: a file with lines of `kind`, original, instrumented.
'use strict';
const { readFileSync } = require('node:fs');
const vm = require('node:vm');

function errorOf(kind, path) {
  const source = readFileSync(path, 'utf8').replace(/^#!.*/, '');
  try {
    if (kind === 'module') new vm.SourceTextModule(source);
    else vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname']);
    return null;
  } catch (error) {
    return String(error);
  }
}

for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (line === '') continue;
  const [kind, original, instrumented] = line.split('\t');
  const before = errorOf(kind, original);
  const after = errorOf(kind, instrumented);
  if (before !== null || after !== null) console.log(`${original}: ${before} / ${after}`);
}
