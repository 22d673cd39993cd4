// Runs the calls of a job on V8 under a schedule and reports outcome, results, gas and host calls.
import { readFileSync } from 'node:fs';
import v8 from 'node:v8';
import { rewrite } from './rewrite.mjs';
import { findSchedule } from './schedules.mjs';
import { formatValues, parseArgument, resultList, withBitParams, zeroResult, zeroValue } from './values.mjs';

if (/^1[01]\./.test(process.versions.v8)) { // V8 12 has both without being told
  v8.setFlagsFromString('--experimental-wasm-extended-const');
  v8.setFlagsFromString('--experimental-wasm-return-call');
}

export const unlimited = (1n << 64n) - 1n;

// { file, schedule, limit, calls: [{ export, args }] } → the report of the job.
export function runJob({ file, schedule, limit = unlimited, calls }) {
  try {
    const report = { file, schedule };
    const run = new Run(prepare(file, schedule), BigInt(limit));
    const planned = calls.map((call) => run.plan(call));
    if (run.hasStart) report.start = run.start();
    report.calls = planned.map((call) => run.call(call));
    return report;
  } catch (error) {
    return { file, error: error.message };
  }
}

// Jobs on the same file follow each other, and those under the same schedule too, so the last ones
// are kept.
let lastFile = {};
let last = {};

function prepare(file, schedule) {
  if (lastFile.file !== file) {
    lastFile = { file, bytes: readValid(file) };
    last = {};
  }
  if (last.schedule !== schedule) {
    last = { schedule, program: prepareBytes(lastFile.bytes, findSchedule(schedule)) };
  }
  return last.program;
}

function readValid(file) {
  const bytes = readFileSync(file);
  if (!WebAssembly.validate(bytes)) new WebAssembly.Module(bytes); // throws, and says why
  return bytes;
}

// Bytes of a valid module → what a Run needs.
export function prepareBytes(bytes, schedule) {
  const { bytes: rewritten, module, prefix } = rewrite(bytes, schedule);
  return { compiled: new WebAssembly.Module(rewritten), rewritten, module, prefix };
}

export class Run {
  #module;
  #limit;
  #exports;
  #added; // the exports added by the rewriter, by their own names
  #host = [];
  #over = false; // out of gas, or the start function trapped: no more calls

  constructor({ compiled, module, prefix }, limit) {
    this.#module = module;
    this.#limit = limit;
    this.#exports = this.#instantiate(compiled);
    this.#added = (name) => this.#exports[prefix + name];
  }

  exported(name) {
    return this.#exports[name];
  }

  get hasStart() {
    return this.#module.start !== undefined;
  }

  plan({ export: name, args = [] }) {
    const found = this.#module.exports.find((item) => item.name === name && item.kind === 'function');
    if (!found) throw new Error(`no exported function ${name}`);
    const type = this.#module.functionTypes[found.index];
    if (args.length !== type.params.length) throw new Error(`${name} takes ${type.params.length} arguments`);
    return { invoke: withBitParams(this.#exports[name], type), results: type.results,
      args: type.params.map((param, i) => parseArgument(param, args[i])) };
  }

  start() {
    const outcome = this.call({ invoke: this.#added('start'), results: [], args: [] });
    if (outcome.outcome !== 'ok') this.#over = true;
    return outcome;
  }

  call({ invoke, results, args }) {
    if (this.#over) return { outcome: 'skipped' };
    this.#host = [];
    this.#added('gas').value = BigInt.asIntN(64, this.#limit);
    this.#added('calledTable').value = -1;
    const report = this.#attempt(() => ({ outcome: 'ok',
      results: formatValues(results, resultList(results, invoke(...args))) }));
    const used = report.outcome === 'out_of_gas' ? this.#limit : this.#gasUsed();
    return { ...report, gas_used: String(used), host: this.#host };
  }

  #attempt(action) {
    try {
      return action();
    } catch (error) {
      if (this.#added('exhausted').value === 0) return { outcome: 'trap', trap: this.#trapCode(error) };
      this.#over = true;
      return { outcome: 'out_of_gas' };
    }
  }

  #gasUsed() {
    return this.#limit - BigInt.asUintN(64, this.#added('gas').value);
  }

  // Every import is made anew, in the order in which the instantiation asks for them.
  #instantiate(compiled) {
    const values = this.#module.imports.map((item) => this.#makeImport(item)).values();
    const imports = new Proxy({}, { get: () => new Proxy({}, { get: () => values.next().value }) });
    try {
      return new WebAssembly.Instance(compiled, imports).exports;
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        throw new Error(`trap at instantiation: ${trapByMessage(error.message)}`);
      }
      throw error;
    }
  }

  #makeImport(item) {
    switch (item.kind) {
      case 'function': return (...args) => {
        this.#host.push([`${item.module}.${item.name}`, String(this.#gasUsed()), formatValues(item.type.params, args)]);
        return zeroResult(item.type.results);
      };
      case 'memory': return new WebAssembly.Memory(item);
      case 'table': return new WebAssembly.Table({ ...item, element: jsTypeName(item.element) });
      case 'global':
        return new WebAssembly.Global({ value: jsTypeName(item.type), mutable: item.mutable }, zeroValue(item.type));
    }
  }

  #trapCode(error) {
    if (error instanceof RangeError) return 'stack_overflow';
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const code = trapByMessage(error.message);
    if (code === 'invalid_conversion') {
      return Number.isNaN(this.#added('truncated').value) ? 'invalid_conversion' : 'integer_overflow';
    }
    // The last index called lies outside its table only if that call is what trapped, because
    // tables never shrink; and a mismatch is always the last call's.
    const table = this.#added(this.#added('calledTable').value);
    const index = this.#added('calledIndex').value >>> 0;
    if (code === 'table_out_of_bounds' && table && index >= table.length) return 'undefined_element';
    if (code === 'indirect_call_type_mismatch' && table.get(index) === null) return 'uninitialized_element';
    return code;
  }
}

// The JavaScript interface still has the old name.
const jsTypeName = (type) => (type === 'funcref' ? 'anyfunc' : type);

// V8's wording. Three codes stand for what it words alike; see #trapCode.
const trapMessages = [
  [/^unreachable/, 'unreachable'],
  [/(memory access|data segment).* out of bounds/, 'memory_out_of_bounds'],
  [/(table|element segment).* out of bounds/, 'table_out_of_bounds'],
  [/divide by zero|remainder by zero/, 'integer_divide_by_zero'],
  [/divide result unrepresentable/, 'integer_overflow'],
  [/float unrepresentable/, 'invalid_conversion'],
  [/signature mismatch/, 'indirect_call_type_mismatch'],
];

function trapByMessage(message) {
  const row = trapMessages.find(([pattern]) => pattern.test(message));
  if (!row) throw new Error(`unknown trap: ${message}`);
  return row[1];
}
