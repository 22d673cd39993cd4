// A tiny assembler for the self test, apart from the rewriter's own table: a code text such as
// 'local.get 0; i32.const 5; i32.add; end' is operators with numbers for immediates. A br_table
// begins with the number of its labels, and 0x81'00 stands for raw bytes.
import { Writer } from './bytes.mjs';

const codes = { unreachable: 0x00, nop: 0x01, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b,
  br: 0x0c, br_if: 0x0d, br_table: 0x0e, return: 0x0f, call: 0x10, call_indirect: 0x11,
  return_call: 0x12, return_call_indirect: 0x13, drop: 0x1a, select: 0x1b, 'select.t': 0x1c,
  'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22, 'global.get': 0x23, 'global.set': 0x24,
  'table.get': 0x25, 'table.set': 0x26, 'i32.load': 0x28, 'i32.store': 0x36, 'f32.store': 0x38, 'memory.size': 0x3f,
  'memory.grow': 0x40, 'i32.const': 0x41, 'i64.const': 0x42, 'f32.const': 0x43, 'f64.const': 0x44,
  'i32.add': 0x6a, 'i32.sub': 0x6b, 'i32.div_s': 0x6d, 'i32.rem_u': 0x70,
  'i32.trunc_f32_s': 0xa8, 'i64.trunc_f64_u': 0xb1, 'f32.demote_f64': 0xb6, 'f64.promote_f32': 0xbb,
  'i32.reinterpret_f32': 0xbc, 'i64.reinterpret_f64': 0xbd, 'f32.reinterpret_i32': 0xbe,
  'ref.null': 0xd0, 'ref.is_null': 0xd1, 'ref.func': 0xd2,
  'i32.trunc_sat_f64_s': [0xfc, 2], 'memory.init': [0xfc, 8], 'data.drop': [0xfc, 9], 'memory.copy': [0xfc, 10],
  'memory.fill': [0xfc, 11], 'table.init': [0xfc, 12], 'elem.drop': [0xfc, 13], 'table.copy': [0xfc, 14],
  'table.grow': [0xfc, 15], 'table.size': [0xfc, 16], 'table.fill': [0xfc, 17] };
'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'.split(' ').forEach((operation, i) => {
  codes[`f32.${operation}`] = 0x8b + i;
  codes[`f64.${operation}`] = 0x99 + i;
});
export const types = { void: 0x40, i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, func: 0x70, extern: 0x6f };

function signedLeb(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    const last = rest >> 7n === ((low & 0x40) ? -1n : 0n);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

function immediate(word, name) {
  if (types[word]) return [types[word]];
  if (word.startsWith('0x')) return word.slice(2).split("'").map((byte) => parseInt(byte, 16));
  if (name.endsWith('.const')) return signedLeb(word);
  return [...new Writer().u32(Number(word)).bytes];
}

export function code(text) {
  return text.split(';').map((part) => part.trim()).filter(Boolean).flatMap((part) => {
    const [name, ...words] = part.split(/\s+/);
    if (name.startsWith('0x')) return immediate(name);
    if (codes[name] === undefined) throw new Error(`no operator ${name}`);
    return [codes[name], words.map((word) => immediate(word, name))].flat(2);
  });
}

const vector = (items) => [...new Writer().u32(items.length).bytes, ...items.flat()];
const typeList = (text) => vector(text.split(' ').filter(Boolean).map((name) => [types[name]]));
const name = (text) => [...new Writer().name(text).bytes];

// types: ['i32 i32 -> i32'], functions: [{ type, locals: [[count, 'i32']], code }], the rest as bytes.
// Every function is exported by its number, counted without the imports.
export function assemble({ types: signatures, imports = [], functions, tables, memories, globals, exports = [],
  start, elements, dataCount, data }) {
  const out = new Writer().u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const section = (id, bytes) => bytes && out.u8(id).sized(Uint8Array.from(bytes));
  const importedFunctions = imports.filter(([, , kind]) => kind === 0).length;

  section(1, vector(signatures.map((text) => [0x60, ...text.split('->').flatMap((side) => typeList(side.trim()))])));
  section(2, imports.length > 0 && vector(imports.map(([from, item, ...description]) =>
    [...name(from), ...name(item), ...description])));
  section(3, vector(functions.map(({ type = 0 }) => [type])));
  section(4, tables && vector(tables));
  section(5, memories && vector(memories));
  section(6, globals && vector(globals));
  section(7, vector([...functions.map((_, i) => [...name(String(i)), 0, importedFunctions + i]),
    ...exports.map(([text, ...description]) => [...name(text), ...description])]));
  section(8, start !== undefined && [start]);
  section(9, elements && vector(elements));
  section(12, dataCount !== undefined && [dataCount]);
  section(10, vector(functions.map(({ locals = [], code: text }) => {
    const groups = vector(locals.map(([count, type]) => [...new Writer().u32(count).bytes, types[type]]));
    const body = [...groups, ...code(text)];
    return [...new Writer().u32(body.length).bytes, ...body];
  })));
  section(11, data && vector(data));
  return out.bytes;
}

// A module of one function of the first type, with a memory of one page that may grow to two.
export const one = (signature, text, more = {}) => ({ types: [signature], functions: [{ code: text }],
  memories: [[0x01, 1, 2]], ...more });
