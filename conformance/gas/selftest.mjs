// Checks the oracle against numbers worked out by hand from the text of the two placement rules.
// Usage: node selftest.mjs [FOLDER]; a folder of kernels NAME.wasm with an expected.json adds those.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.mjs';
import { cosmwasmCases } from './cases_cosmwasm.mjs';
import { lockstepCases } from './cases_lockstep.mjs';
import { runnerCases } from './cases_runner.mjs';
import { prepareBytes, Run, unlimited } from './run.mjs';
import { findSchedule } from './schedules.mjs';

let passed = 0;
let failed = 0;

function check(title, actual, expected) {
  const [got, want] = [actual, expected].map((value) => JSON.stringify(value));
  if (got === want) return void ++passed;
  ++failed;
  console.log(`FAIL ${title}\n  expected ${want}\n  got      ${got}`);
}

// A report in short: 'ok 1725 i32:0', 'trap unreachable 12; module.function 8 i32:5', 'skipped'.
function brief({ outcome, trap, gas_used: used, results = [], host = [] }) {
  const head = [outcome, trap, used, ...results].filter((word) => word !== undefined).join(' ');
  return [head, ...host.map((call) => call.flat().join(' '))].join('; ');
}

function runCase(schedule, module, calls, limit) {
  const run = new Run(prepareBytes(assemble(module), findSchedule(schedule)), BigInt(limit));
  const callByWords = ([name, ...args]) => run.call(run.plan({ export: name, args }));
  return calls.map(([words]) => brief(words === null ? run.start() : callByWords(words.split(' '))));
}

function checkCase(title, schedule, module, calls, limit = unlimited) {
  let actual;
  try {
    actual = runCase(schedule, module, calls, limit);
  } catch (error) {
    actual = [`error: ${error.message}`];
  }
  check(`${schedule} ${title}`, actual, calls.map(([, expected]) => expected));
}

function checkDeepRecursion() {
  const module = assemble({ types: ['->'], functions: [{ code: 'call 0; end' }] });
  const run = new Run(prepareBytes(module, findSchedule('lockstep-1')), unlimited);
  check('deep recursion', run.call(run.plan({ export: '0' })).trap, 'stack_overflow');
}

// Charging each operator just before it comes to the same total where nothing traps.
const chargeEach = (operators) => operators.map(({ at, weight }) => ({ at, amount: weight }));

function checkKernels(folder) {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  const prices = JSON.parse(readFileSync(new URL('./lockstep-1.json', import.meta.url), 'utf8'));
  const accounting = new Set('loop end if else br br_table br_if call call_indirect return'.split(' '));
  const eachOperator = {
    'lockstep-1': ({ locals, operators }) => chargeEach(operators.map(({ name, at }, i) => ({ at,
      weight: (prices.ops[name] ?? prices.default) + (i === 0 ? prices.entry_base + locals * prices.local : 0) }))),
    'cosmwasm-3.0.8': ({ operators }) =>
      chargeEach(operators.map(({ name, at }) => ({ at, weight: accounting.has(name) ? 1610 : 115 }))),
  };
  for (const [name, { checksum_of_1: checksum }] of Object.entries(expected)) {
    const bytes = readFileSync(join(folder, `${name}.wasm`));
    const run = (schedule) => {
      const instance = new Run(prepareBytes(bytes, schedule), unlimited);
      return instance.call(instance.plan({ export: 'run', args: ['1'] }));
    };
    for (const schedule of ['lockstep-1', 'cosmwasm-1.0.0', 'cosmwasm-1.5.7', 'cosmwasm-1.5.8', 'cosmwasm-2.0.0',
      'cosmwasm-2.0.5', 'cosmwasm-2.1.0', 'cosmwasm-3.0.8', 'cosmwasm-3.0.9']) {
      const report = run(findSchedule(schedule));
      check(`${schedule} ${name}`, report.results, [`i64:${BigInt(checksum)}`]);
      const summed = eachOperator[schedule];
      if (summed) check(`${schedule} ${name}, total`, report.gas_used, run(summed).gas_used);
    }
  }
}

function checkCommandLine() {
  const folder = mkdtempSync(join(tmpdir(), 'gas-'));
  try {
    const file = join(folder, 'one.wasm');
    const jobs = join(folder, 'jobs.jsonl');
    writeFileSync(file, assemble({ types: ['i32 -> i32'], functions: [{ code: 'local.get 0; end' }] }));
    writeFileSync(join(folder, 'bad.wasm'), 'nothing');
    const call = { export: '0', args: ['i32:7'] };
    const job = { file, schedule: 'lockstep-1', limit: '9', imports: 'trace', calls: [call, call] };
    const others = [{ ...job, limit: '10' }, { ...job, file: join(folder, 'bad.wasm') }, { ...job, schedule: 'none' }];
    writeFileSync(jobs, [job, ...others].map((each) => `${JSON.stringify(each)}\n`).join(''));
    const program = fileURLToPath(new URL('./oracle.mjs', import.meta.url));
    const oracle = (...args) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    const ok = { outcome: 'ok', results: ['i32:7'], gas_used: '10', host: [] };
    const head = { file, schedule: 'lockstep-1' };

    const lines = oracle('--batch', jobs).stdout.trim().split('\n').map((line) => JSON.parse(line));
    const over = { outcome: 'out_of_gas', gas_used: '9', host: [] };
    check('batch, out of gas', lines[0], { ...head, calls: [over, { outcome: 'skipped' }] });
    check('batch, ok', lines[1], { ...head, calls: [ok, ok] });
    check('batch, invalid module', Object.keys(lines[2]), ['file', 'error']);
    check('batch, unknown schedule', lines[3], { file, error: 'no schedule none' });
    const single = oracle('--schedule', 'lockstep-1', '--limit', '10', file, '0', '7');
    check('single', JSON.parse(single.stdout), { ...head, calls: [ok] });
    check('wrong use', oracle('--schedule', 'lockstep-1').status, 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const row of cosmwasmCases()) checkCase(...row);
for (const [title, ...rest] of lockstepCases()) checkCase(title, 'lockstep-1', ...rest);
for (const [title, ...rest] of runnerCases()) checkCase(title, 'lockstep-1', ...rest);
checkDeepRecursion();
checkCommandLine();
if (process.argv[2]) checkKernels(process.argv[2]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
