// Values as text: "i32:5", "f64:<bits>", bits as unsigned decimals; and as JavaScript values.
import { Writer } from './bytes.mjs';

const view = new DataView(new ArrayBuffer(8));

const toBits = {
  i32: (value) => value >>> 0,
  i64: (value) => BigInt.asUintN(64, value),
  f32: (value) => { view.setFloat32(0, value); return Number.isNaN(value) ? 'nan' : view.getUint32(0); },
  f64: (value) => { view.setFloat64(0, value); return Number.isNaN(value) ? 'nan' : view.getBigUint64(0); },
  funcref: (value) => (value === null ? 'null' : 'ref'),
  externref: (value) => (value === null ? 'null' : 'ref'),
};

export const formatValues = (types, values) => types.map((type, i) => `${type}:${toBits[type](values[i])}`);

// What a JavaScript function returns for the results: one value, or a list of several.
export function zeroResult(types) {
  const values = types.map(zeroValue);
  return types.length > 1 ? values : values[0];
}

export function zeroValue(type) {
  return type === 'i64' ? 0n : type.endsWith('ref') ? null : 0;
}

export function resultList(types, returned) {
  return types.length === 0 ? [] : types.length === 1 ? [returned] : [...returned];
}

// The text of an argument → the value that withBitParams' function takes: bits for a float.
export function parseArgument(type, text) {
  const digits = text.includes(':') ? text.slice(text.indexOf(':') + 1) : text;
  if (text.includes(':') && !text.startsWith(`${type}:`)) throw new Error(`${text} is not of type ${type}`);
  if (type.endsWith('ref')) {
    if (digits !== 'null') throw new Error(`${text}: only null references can be passed`);
    return null;
  }
  if (!/^-?\d+$/.test(digits)) throw new Error(`${text} is not a number`);
  const bits = BigInt(digits);
  return type.endsWith('64') ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits));
}

const code = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, funcref: 0x70, externref: 0x6f };
const bitType = { ...Object.fromEntries(Object.keys(code).map((type) => [type, type])), f32: 'i32', f64: 'i64' };
const fromBits = { f32: 0xbe, f64: 0xbf }; // f32.reinterpret_i32, f64.reinterpret_i64

const adapters = new Map(); // compiled, by signature

// An exported function that takes the bits of its floats as integers, because JavaScript numbers do
// not carry the payload of a NaN.
export function withBitParams(exported, { params, results }) {
  if (!params.some((type) => fromBits[type])) return exported;
  const signature = `${params} -> ${results}`;
  if (!adapters.has(signature)) adapters.set(signature, compileAdapter(params, results));
  return new WebAssembly.Instance(adapters.get(signature), { m: { f: exported } }).exports.f;
}

function compileAdapter(params, results) {
  const types = (list) => new Writer().u32(list.length).u8(...list.map((type) => code[type])).bytes;
  const body = new Writer().u32(0);
  params.forEach((type, i) => {
    body.u8(0x20).u32(i); // local.get
    if (fromBits[type]) body.u8(fromBits[type]);
  });
  body.u8(0x10, 0, 0x0b); // call 0, end

  const out = new Writer().u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const section = (id, count, fill) => out.u8(id).sized(fill(new Writer().u32(count)).bytes);
  section(1, 2, (w) => w.u8(0x60).raw(types(params)).raw(types(results))
    .u8(0x60).raw(types(params.map((type) => bitType[type]))).raw(types(results)));
  section(2, 1, (w) => w.name('m').name('f').u8(0, 0));
  section(3, 1, (w) => w.u32(1));
  section(7, 1, (w) => w.name('f').u8(0, 1));
  section(10, 1, (w) => w.sized(body.bytes));
  return new WebAssembly.Module(out.bytes);
}
