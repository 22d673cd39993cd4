// SPDX-License-Identifier: Apache-2.0
// Does on V8 what witness saw and compares:  node [FLAGS] v8_replay.mjs SEEN.jsonl [BARE_DIR]
// The modules' NaNs are made canonical and V8's trap messages told apart by conformance/gas, here
// without any charges. Prints counts as JSON, a difference on stderr, status 1. In BARE_DIR the
// rewritten modules are kept for other engines.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Run, prepareBytes } from '../../conformance/gas/run.mjs';
import { formatValues } from '../../conformance/gas/values.mjs';

const noCharges = function* () {};
const counts = { modules: 0, calls: 0, returned: 0, trapped: 0, states: 0, cut: 0, not_linked: 0, v8_stack: 0 };
const [file, bareDirectory] = process.argv.slice(2);

// What V8 words differently, in the words of `witness`.
const bare = (values) => values.map((value) => value.replace(/^(func|extern)ref:/, ''));
const words = ({ outcome, trap, results = [], host }) =>
  JSON.stringify([outcome, trap, bare(results), host.map((event) => [event[0], bare(event.at(-1))])]);

function stateOf(value, ours) {
  if (value instanceof WebAssembly.Memory) {
    return createHash('sha256').update(new Uint8Array(value.buffer)).digest('hex');
  }
  if (value instanceof WebAssembly.Table) {
    return 'table:' + Array.from({ length: value.length }, (_, i) => Number(value.get(i) !== null)).join('');
  }
  const type = ours.slice(0, ours.indexOf(':'));
  return formatValues([type], [value.value])[0];
}

function differ(what, ours, v8) {
  throw new Error(`${what}: lockstep ${ours}, V8 ${v8}`);
}

function compareCalls(run, calls) {
  for (const call of calls) {
    // Where lockstep ran out of gas or stack, V8 would go on.
    if (call.outcome === 'out_of_gas' || call.trap === 'stack_overflow') return 'cut';
    const { invoke, results, args } = run.plan(call);
    const v8 = run.call({ invoke, results, args });
    if (v8.trap === 'stack_overflow') return 'v8_stack';
    if (words(v8) !== words(call)) differ(`${call.export}(${call.args})`, words(call), words(v8));
    counts.calls += 1;
    counts[call.outcome === 'ok' ? 'returned' : 'trapped'] += 1;
  }
}

// Neither may V8 bring an instance of it to its first call.
function compareRefusal(seen, program) {
  let started;
  try {
    const run = new Run(program, 0n);
    started = !run.hasStart || run.start().outcome === 'ok';
  } catch {
    started = false;
  }
  if (started) differ('instantiation', seen.error, 'ok');
  counts.not_linked += 1;
}

function compare(seen) {
  const program = prepareBytes(readFileSync(seen.file), noCharges);
  if (seen.error === 'cut') return void (counts.cut += 1); // its start function would go on
  if (seen.error) return compareRefusal(seen, program);
  if (bareDirectory) writeFileSync(join(bareDirectory, basename(seen.file)), program.rewritten);
  const run = new Run(program, 0n);
  if (run.hasStart) run.start();
  const end = compareCalls(run, seen.calls);
  if (end) return void (counts[end] += 1);
  for (const [name, ours] of Object.entries(seen.state)) {
    const v8 = stateOf(run.exported(name), ours);
    if (v8 !== ours) differ(name, ours, v8);
    counts.states += 1;
  }
}

for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const seen = JSON.parse(line);
  counts.modules += 1;
  try {
    compare(seen);
  } catch (error) {
    console.error(`${seen.file}: ${error.message}`);
    process.exitCode = 1;
  }
}
console.log(JSON.stringify(counts));
