// The parts of a WebAssembly module that the rewriter and the runner need to know.
import { Reader } from './bytes.mjs';

export const section = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7,
  start: 8, element: 9, code: 10, data: 11, dataCount: 12 };
// The order in which sections stand in a module: dataCount came later and precedes the code.
export const sectionOrder = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
export const externalKinds = ['function', 'table', 'memory', 'global'];

const valueTypes = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x70: 'funcref', 0x6f: 'externref' };

function readValueType(reader) {
  const code = reader.u8();
  if (!valueTypes[code]) throw new Error(`unsupported value type 0x${code.toString(16)}`);
  return valueTypes[code];
}

function readFunctionType(reader) {
  if (reader.u8() !== 0x60) throw new Error('unsupported kind of type');
  return { params: reader.list(readValueType), results: reader.list(readValueType) };
}

function readLimits(reader) {
  const flags = reader.u8();
  if (flags > 1) throw new Error('unsupported kind of limits');
  const minimum = reader.u32();
  return flags ? { initial: minimum, maximum: reader.u32() } : { initial: minimum };
}

function readImport(reader, types) {
  const from = { module: reader.name(), name: reader.name() };
  const kind = externalKinds[reader.u8()];
  switch (kind) {
    case 'function': return { ...from, kind, type: types[reader.u32()] };
    case 'table': return { ...from, kind, element: readValueType(reader), ...readLimits(reader) };
    case 'memory': return { ...from, kind, ...readLimits(reader) };
    case 'global': return { ...from, kind, type: readValueType(reader), mutable: reader.u8() === 1 };
    default: throw new Error('unsupported kind of import');
  }
}

// Bytes of a valid module → its section ranges, types of all functions, imports, exports.
// Custom sections are left out.
export function parseModule(bytes) {
  const sections = new Map();
  const reader = new Reader(bytes, 8);
  while (reader.at < reader.end) {
    const id = reader.u8();
    const size = reader.u32();
    const start = reader.at;
    reader.skip(size);
    if (id !== 0 && !sectionOrder.includes(id)) throw new Error(`unsupported section ${id}`);
    if (id !== 0) sections.set(id, { start, end: reader.at });
  }
  const open = (id) => new Reader(bytes, sections.get(id).start, sections.get(id).end);
  const list = (id, readItem) => (sections.has(id) ? open(id).list(readItem) : []);
  const count = (id) => (sections.has(id) ? open(id).u32() : 0);

  const types = list(section.type, readFunctionType);
  const imports = list(section.import, (r) => readImport(r, types));
  const imported = (kind) => imports.filter((item) => item.kind === kind);
  const functionTypes = [...imported('function').map((item) => item.type),
    ...list(section.function, (r) => types[r.u32()])];
  const exports = list(section.export, (r) => ({ name: r.name(), kind: externalKinds[r.u8()], index: r.u32() }));

  return { bytes, sections, open, imports, exports, functionTypes,
    tableCount: imported('table').length + count(section.table),
    globalCount: imported('global').length + count(section.global),
    start: sections.has(section.start) ? open(section.start).u32() : undefined };
}
