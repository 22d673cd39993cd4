// Puts the charges of a schedule into a module, and has its NaNs made canonical, as Wasm code over
// mutable globals that stand behind the module's own, so that no index of the module moves. The
// operators themselves are copied byte for byte. The start function is not run by the instantiation
// but exported, to be called and accounted like any other.
import { Reader, Writer } from './bytes.mjs';
import { decodeBody } from './operators.mjs';
import { externalKinds, parseModule, section, sectionOrder } from './module.mjs';

const type = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };
const op = { unreachable: 0x00, if: 0x04, end: 0x0b, globalGet: 0x23, globalSet: 0x24,
  i32Const: 0x41, i64Const: 0x42, f32Const: 0x43, f64Const: 0x44,
  i64LessU: 0x54, f32Equal: 0x5b, f64Equal: 0x61, i64Sub: 0x7d, i64Mul: 0x7e, i64ExtendU: 0xad,
  select: 0x1b, f64Promote: 0xbb };
const emptyBlock = 0x40;

// Name, type, and initial value of the globals added. The ones below `exhausted` keep operands: of
// a priced operator, and of those operators whose traps V8 words alike; the last two keep results.
const addedGlobals = [
  ['gas', 'i64', [op.i64Const, 0]],
  ['exhausted', 'i32', [op.i32Const, 0]],
  ['units', 'i32', [op.i32Const, 0]],
  ['calledIndex', 'i32', [op.i32Const, 0]],
  ['calledTable', 'i32', [op.i32Const, 0]],
  ['truncatedF32', 'f32', [op.f32Const, 0, 0, 0, 0]],
  ['truncated', 'f64', [op.f64Const, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['resultF32', 'f32', [op.f32Const, 0, 0, 0, 0]],
  ['resultF64', 'f64', [op.f64Const, 0, 0, 0, 0, 0, 0, 0, 0]],
];

// For each float type, what its results go through: a result that does not equal itself is replaced
// by the canonical NaN.
const canonical = {
  f32: { kept: 'resultF32', nan: [op.f32Const, 0, 0, 0xc0, 0x7f], equal: op.f32Equal },
  f64: { kept: 'resultF64', nan: [op.f64Const, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f], equal: op.f64Equal },
};
const arithmetic =
  /^(f32|f64)\.(ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote_f64|promote_f32)$/;

// → { bytes, module, prefix }: `prefix` begins the names of the exports added:
// the globals by their names above, `start`, and the tables by number.
export function rewrite(bytes, schedule) {
  const module = parseModule(bytes);
  const code = new CodeWriter(module.globalCount);
  let prefix = 'gas:';
  while (module.exports.some(({ name }) => name.startsWith(prefix))) prefix += ':';

  const content = new Map();
  for (const [id, { start, end }] of module.sections) content.set(id, bytes.subarray(start, end));
  content.delete(section.start);
  content.set(section.global, extendList(module, section.global, globalEntries()));
  content.set(section.export, extendList(module, section.export, exportEntries(module, prefix)));
  if (module.sections.has(section.code)) content.set(section.code, rewriteCode(module, schedule, code));

  const out = new Writer().raw(bytes.subarray(0, 8));
  for (const id of sectionOrder) if (content.has(id)) out.u8(id).sized(content.get(id));
  return { bytes: out.bytes, module, prefix };
}

function extendList(module, id, entries) {
  const out = new Writer();
  if (!module.sections.has(id)) return out.u32(entries.length).raw(Uint8Array.from(entries.flat())).bytes;
  const reader = module.open(id);
  out.u32(reader.u32() + entries.length).raw(module.bytes.subarray(reader.at, reader.end));
  return out.raw(Uint8Array.from(entries.flat())).bytes;
}

function globalEntries() {
  return addedGlobals.map(([, valueType, initial]) => [type[valueType], 1, ...initial, op.end]);
}

function exportEntries({ globalCount, tableCount, start }, prefix) {
  const entry = (name, kind, index) =>
    [...new Writer().name(prefix + name).u8(externalKinds.indexOf(kind)).u32(index).bytes];
  const entries = addedGlobals.map(([name], i) => entry(name, 'global', globalCount + i));
  for (let i = 0; i < tableCount; ++i) entries.push(entry(i, 'table', i));
  if (start !== undefined) entries.push(entry('start', 'function', start));
  return entries;
}

function rewriteCode(module, schedule, code) {
  const reader = module.open(section.code);
  const count = reader.u32();
  const out = new Writer().u32(count);
  for (let i = 0; i < count; ++i) {
    const size = reader.u32();
    const start = reader.at;
    reader.skip(size);
    const body = decodeBody(new Reader(module.bytes, start, reader.at));
    const insertions = [...schedule(body), ...operandRecords(body), ...arithmeticResults(body)]
      .sort((a, b) => a.at - b.at);

    code.clear();
    let copied = start;
    for (const insertion of insertions) {
      code.raw(module.bytes.subarray(copied, insertion.at));
      copied = insertion.at;
      code.insert(insertion);
    }
    code.raw(module.bytes.subarray(copied, reader.at));
    out.sized(code.bytes);
  }
  return out.bytes;
}

// Where operands are kept so that a trap can be told from another that V8 words alike.
function* operandRecords({ operators }) {
  for (const { name, at, table } of operators) {
    if (table !== undefined) yield { at, calledTable: table };
    else if (/\.trunc_f32_/.test(name)) yield { at, truncates: 'f32' };
    else if (/\.trunc_f64_/.test(name)) yield { at, truncates: 'f64' };
  }
}

// Where a NaN is made, with a sign and payload that are the machine's choice.
function* arithmeticResults({ operators }) {
  for (const { name, next } of operators) {
    const found = arithmetic.exec(name);
    if (found) yield { at: next, canonicalised: found[1] };
  }
}

// Writes code that leaves the operand stack as it was, but for the bits of a NaN.
class CodeWriter extends Writer {
  #index = {};

  constructor(firstGlobal) {
    super();
    addedGlobals.forEach(([name], i) => { this.#index[name] = firstGlobal + i; });
  }

  insert({ amount, unitPrice, calledTable, truncates, canonicalised }) {
    if (amount !== undefined) {
      this.#charge(() => this.u8(op.i64Const).natural(amount));
    } else if (unitPrice !== undefined) {
      this.#keepTop('units');
      this.#charge(() => this.#get('units').u8(op.i64ExtendU, op.i64Const).natural(unitPrice).u8(op.i64Mul));
    } else if (calledTable !== undefined) {
      this.#keepTop('calledIndex').u8(op.i32Const).natural(calledTable);
      this.#set('calledTable');
    } else if (canonicalised !== undefined) {
      const { kept, nan, equal } = canonical[canonicalised];
      this.#keepTop(kept).u8(...nan);
      this.#get(kept);
      this.#get(kept).u8(equal, op.select);
    } else if (truncates === 'f32') {
      this.#keepTop('truncatedF32');
      this.#get('truncatedF32').u8(op.f64Promote);
      this.#set('truncated');
    } else {
      this.#keepTop('truncated');
    }
  }

  #charge(pushAmount) {
    this.#get('gas');
    pushAmount();
    this.u8(op.i64LessU, op.if, emptyBlock, op.i32Const, 1);
    this.#set('exhausted').u8(op.unreachable, op.end);
    this.#get('gas');
    pushAmount();
    this.u8(op.i64Sub);
    this.#set('gas');
  }

  #keepTop(name) {
    this.#set(name);
    return this.#get(name);
  }

  #get(name) {
    return this.u8(op.globalGet).u32(this.#index[name]);
  }

  #set(name) {
    return this.u8(op.globalSet).u32(this.#index[name]);
  }
}
