// Preloaded into the untouched run: V8's own count of calls, by function and position, goes to
// the file named by BC_LOG when the program ends.
'use strict';
const { Session } = require('node:inspector');
const { writeFileSync } = require('node:fs');

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

process.on('exit', () => {
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    const script = result.find(({ url }) => url.endsWith(process.env.BC_FILE));
    writeFileSync(process.env.BC_LOG, JSON.stringify(script ? script.functions : []));
  });
});
