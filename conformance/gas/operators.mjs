// The operators of WebAssembly 2.0 without SIMD, and of tail calls: text name, code, immediates.
// A prefixed operator 0xFC n has the code 0xFC00 + n.

const skipNothing = () => {};
const skipOne = (reader) => reader.skipLeb();
const skipTwo = (reader) => { reader.skipLeb(); reader.skipLeb(); };

// Readers of immediates; what one returns is merged into the decoded operator.
const label = (reader) => ({ labels: [reader.u32()] });
const labelTable = (reader) => ({ labels: [...reader.list((r) => r.u32()), reader.u32()] });
const typeAndTable = (reader) => { reader.skipLeb(); return { table: reader.u32() }; };
const typeList = (reader) => { reader.list((r) => r.skipLeb()); };

const rows = [];
const add = (first, names, immediate = skipNothing) =>
  names.trim().split(/\s+/).forEach((name, i) => rows.push([first + i, name, immediate]));

add(0x00, 'unreachable nop');
add(0x02, 'block loop if', skipOne);
add(0x05, 'else');
add(0x0b, 'end');
add(0x0c, 'br br_if', label);
add(0x0e, 'br_table', labelTable);
add(0x0f, 'return');
add(0x10, 'call', skipOne);
add(0x11, 'call_indirect', typeAndTable);
add(0x12, 'return_call', skipOne);
add(0x13, 'return_call_indirect', typeAndTable);
add(0x1a, 'drop select');
add(0x1c, 'select', typeList);
add(0x20, 'local.get local.set local.tee global.get global.set table.get table.set', skipOne);
add(0x28, `i32.load i64.load f32.load f64.load
  i32.load8_s i32.load8_u i32.load16_s i32.load16_u
  i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u
  i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32`, skipTwo);
add(0x3f, 'memory.size memory.grow', skipOne);
add(0x41, 'i32.const i64.const', skipOne);
add(0x43, 'f32.const', (reader) => reader.skip(4));
add(0x44, 'f64.const', (reader) => reader.skip(8));
add(0x45, `i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
  i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
  f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
  i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u
  i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
  i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u
  i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
  f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt
  f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign
  f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt
  f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign
  i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
  i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
  f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64
  f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
  i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
  i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`);
add(0xd0, 'ref.null', skipOne);
add(0xd1, 'ref.is_null');
add(0xd2, 'ref.func', skipOne);
add(0xfc00, `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
  i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`);
add(0xfc08, 'memory.init', skipTwo);
add(0xfc09, 'data.drop', skipOne);
add(0xfc0a, 'memory.copy', skipTwo);
add(0xfc0b, 'memory.fill', skipOne);
add(0xfc0c, 'table.init', skipTwo);
add(0xfc0d, 'elem.drop', skipOne);
add(0xfc0e, 'table.copy', skipTwo);
add(0xfc0f, 'table.grow table.size table.fill', skipOne);

const byCode = new Map(rows.map(([code, name, immediate]) => [code, { name, immediate }]));

export const operatorNames = new Set(rows.map(([, name]) => name));

// A body of the code section → its locals (without parameters) and its operators in text order,
// each { name, at, next } with the first byte of the operator and of the one after it, and the
// immediates that matter: `labels` of a branch, `table` of an indirect call.
export function decodeBody(reader) {
  let locals = 0;
  reader.list((r) => {
    locals += r.u32();
    r.skipLeb();
  });
  if (locals > 0xffffffff) throw new Error('too many locals');

  const operators = [];
  while (reader.at < reader.end) {
    const at = reader.at;
    let code = reader.u8();
    if (code === 0xfc) code = 0xfc00 + reader.u32();
    const row = byCode.get(code);
    if (!row) throw new Error(`unsupported operator 0x${code.toString(16)} at byte ${at}`);
    const immediates = row.immediate(reader);
    operators.push({ name: row.name, at, next: reader.at, ...immediates });
  }
  return { locals, operators };
}
