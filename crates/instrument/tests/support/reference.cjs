// Preloaded into the instrumented run: the probes of docs/internal/instrument/design.md, told to
// a log and checked as they come. What ts/runtime must do, in the plainest way.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { types } = require('node:util');

const table = JSON.parse(readFileSync(process.env.BC_TABLE, 'utf8'));
const withoutTry = new Set(table.withoutTry);
const enters = {};
/** How often each block was told, by function and number. */
const blocks = {};
const violations = [];
const calls = [undefined];
/** Calls that run now, the innermost last. */
const running = [];

function violation(text, call) {
  violations.push(call ? `${text}: ${table.names[call.id]}` : text);
}

function begin(id, state, values) {
  enters[id] = (enters[id] ?? 0) + 1;
  const call = { id, state, values };
  calls.push(call);
  if (state === 'running') running.push(call);
  return calls.length - 1;
}

/** Takes a call off the top; calls without `try` above it ended by an exception. */
function leaveTop(call, what) {
  let top;
  while ((top = running.pop()) !== call) {
    if (top === undefined) return violation(`${what} of a call that is not running`, call);
    if (!withoutTry.has(top.id)) violation(`${what} of an outer call before this one's`, top);
    top.state = 'ended';
  }
}

function end(token, what) {
  if (token === 0) return;
  const call = calls[token];
  if (call === undefined || call.state === 'ended') return violation(`${what} without enter`, call);
  if (call.state === 'running') leaveTop(call, what);
  call.state = 'ended';
}

function resume(token, what) {
  if (token === 0 || token === -1) return;
  const call = calls[token];
  if (call === undefined || call.state === 'ended') return violation(`${what} after the end`, call);
  if (call.state === 'suspended') {
    call.state = 'running';
    running.push(call);
    return;
  }
  while (running.length > 0 && running.at(-1) !== call && withoutTry.has(running.at(-1).id)) {
    running.pop().state = 'ended';
  }
  if (running.at(-1) !== call) violation(`${what} of a call below another`, call);
}

const $bc = {
  x(f, d, v) {
    if (d !== undefined && d !== 0 && d !== 1) violation(`exit with ${d}`, calls[f]);
    if (d === 1) calls[f].result = v;
    end(f, 'exit');
  },
  q(f, v) {
    end(f, 'return');
    return v;
  },
  u(f, e) {
    end(f, 'rejection');
  },
  s(f, v) {
    const call = calls[f];
    if (f === 0) return v;
    if (call === undefined || call.state !== 'running') violation('suspend of what does not run', call);
    else leaveTop(call, 'suspend');
    if (call) call.state = 'suspended';
    return v;
  },
  r(f, v) {
    resume(f, 'resume');
    return v;
  },
  h(f) {
    $bc.r(f);
  },
  t(f, e) {
    resume(f, 'throw');
    return e;
  },
  c(f, e) {
    resume(f, 'catch');
  },
  k(f) {
    resume(f, 'catch');
  },
};
$bc.n = (f, id, k) => {
  // Its own `finally`, behind the return.
  if (!withoutTry.has(id)) resume(f, 'block');
  if (calls[f]?.id !== id) violation(`block ${k} of ${id}`, calls[f]);
  const counts = (blocks[id] ??= {});
  counts[k] = (counts[k] ?? 0) + 1;
};
/** What was told of assignments, in order: function, target, value. */
const assigned = [];
function assign(f, id, k, value) {
  if (!withoutTry.has(id)) resume(f, 'assignment');
  if (calls[f]?.id !== id) violation(`assignment ${k} of ${id}`, calls[f]);
  const target = table.assignments[id][k];
  if (target === undefined) violation(`no assignment ${k}`, calls[f]);
  assigned.push([id, target ?? '', show(value)]);
}
/** Without running code of the program. */
function show(value) {
  if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value) && !types.isProxy(value);
    return isList ? `[${value.map((it) => (Object(it) === it ? 'object' : String(it)))}]` : 'object';
  }
  if (typeof value === 'function') {
    return types.isProxy(value) ? 'function' : `function ${Object.getOwnPropertyDescriptor(value, 'name')?.value}`;
  }
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
const one = (value) => (typeof value === 'bigint' ? 1n : 1);
$bc.a = (f, id, k, value) => (assign(f, id, k, value), value);
$bc.i = (f, id, k, value) => (assign(f, id, k, value + one(value)), value);
$bc.d = (f, id, k, value) => (assign(f, id, k, value - one(value)), value);
$bc.g = (f, id, k, value, ...values) => {
  values.forEach((it, index) => assign(f, id, k + index, it));
  return value;
};
/** Variables by call, as the probes read them: what is wrong with the names is a violation. */
let reading = [];
function readLocals(f, reader) {
  for (let scope = 0; reader !== undefined; scope++) {
    if (scope > 20) return violation('scopes without an end', calls[f]);
    reading = [];
    try {
      reader();
    } catch (error) {
      if (!(error instanceof ReferenceError)) violation(`variables: ${error}`, calls[f]);
    }
    const [id, index, around] = reading.shift();
    const known = table.scopes[id]?.[index];
    if (id !== calls[f].id || known === undefined) violation(`scope ${id}.${index}`, calls[f]);
    else if (reading.length > known.length) violation(`too many variables: ${known}`, calls[f]);
    reader = around;
  }
}
$bc.y = (f, d, v, reader) => {
  if (d !== 1) readLocals(f, reader);
  $bc.x(f, d, v);
};
$bc.p = (f, e, reader) => {
  if (f !== 0) readLocals(f, reader);
  $bc.u(f, e);
};
$bc.l = (...scope) => reading.push(scope);
$bc.v = (value) => reading.push(value);
$bc.w = (variable) => {
  try {
    reading.push(variable());
  } catch {
    reading.push(undefined);
  }
};
for (let n = 0; n <= 8; n++) {
  const check = (id, values) => {
    if (values.length !== n) violation(`${values.length} values for ${n}: ${table.names[id]}`);
  };
  $bc[`e${n}`] = (id, ...values) => (check(id, values), begin(id, 'running', values));
  $bc[`g${n}`] = (id, ...values) => (check(id, values), begin(id, 'suspended', values));
}
Object.defineProperty(globalThis, '$bc', { value: Object.freeze($bc) });

/** As crates/instrument/src/splices.rs does it. */
function originalColumn(line, column) {
  const { lineStarts, offsets, inserted, places } = table;
  const start = lineStarts[line - 1];
  let before = 0;
  for (let i = 0; i < offsets.length && offsets[i] < start; i++) before = inserted[i];
  const at = start + before + column - 1;
  const placed = places.find(([from]) => from === at);
  if (placed !== undefined) return placed[1] - start + 1;
  let last = -1;
  for (let i = 0; i < offsets.length; i++) {
    if (offsets[i] + (inserted[i - 1] ?? 0) <= at) last = i;
  }
  if (last < 0) return at - start + 1;
  return Math.max(offsets[last], at - inserted[last]) - start + 1;
}
const file = process.env.BC_FILE;
Error.prepareStackTrace = (error, sites) => {
  let header;
  try {
    header = Error.prototype.toString.call(error);
  } catch {
    header = '<error>';
  }
  const frames = sites
    .filter((site) => site.getFileName() !== __filename)
    .map((site) => {
      const text = String(site);
      if (!(site.getFileName() ?? '').endsWith(file)) return `\n    at ${text}`;
      const position = text.replace(/:(\d+):(\d+)(\)?)$/, (_, line, column, bracket) => {
        return `:${line}:${originalColumn(+line, +column)}${bracket}`;
      });
      return `\n    at ${position}`;
    });
  return header + frames.join('');
};

/** Without the probes, by the place of the first probe's id. */
const nativeToString = Function.prototype.toString;
function toString() {
  const text = nativeToString.call(this);
  if (!text.includes('$bc')) return text;
  const probe = /\$bc\.[eg]\d\((\d+)/.exec(text);
  if (probe === null) return text;
  const start = table.probes[probe[1]] - probe.index;
  let original = '';
  let at = 0;
  table.offsets.forEach((offset, i) => {
    const from = offset + (table.inserted[i - 1] ?? 0) - start;
    const to = offset + table.inserted[i] - start;
    if (to <= 0 || from >= text.length) return;
    original += text.slice(at, Math.max(from, 0));
    at = to;
  });
  return original + text.slice(at);
}
Object.defineProperty(Function.prototype, 'toString', { value: toString });

process.on('exit', () => {
  for (const call of running) {
    // `process.exit` in the middle of a call leaves it open.
    if (!withoutTry.has(call.id) && !table.exits) violation('never ended', call);
  }
  writeFileSync(process.env.BC_LOG, JSON.stringify({ enters, violations, blocks, assigned }));
});
