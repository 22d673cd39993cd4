// What the runner reports beside gas: trap codes, values, imports, the start function.
// A row is [title, module, calls, limit] under lockstep-1; a call without words is the start function.
import { one } from './assemble.mjs';

const counter = { globals: [[0x7f, 1, 0x41, 0, 0x0b]] };
const host = { imports: [['m', 'f', 0, 0]] };

export function* runnerCases() {
  yield* traps();
  yield* values();
  yield* canonicalNans();
  yield* bitwiseNans();
  yield* instances();
}

function* traps() {
  yield ['call_indirect', { types: ['i32 ->', '-> i32'], tables: [[0x70, 0, 4]],
    elements: [[0, 0x41, 0, 0x0b, 2, 1, 2]], functions: [{ code: 'local.get 0; call_indirect 1 0; drop; end' },
      { type: 1, code: 'i32.const 3; end' }, { code: 'local.get 0; table.get 0; drop; end' }] },
  [['0 0', 'ok 37'], ['0 1', 'trap indirect_call_type_mismatch 25'], ['0 2', 'trap uninitialized_element 25'],
    ['0 4', 'trap undefined_element 25'], ['2 4', 'trap table_out_of_bounds 17'],
    ['0 -1', 'trap undefined_element 25']]];
  yield ['table.get of an empty table', one('->', 'i32.const 0; table.get 0; drop; end', { tables: [[0x70, 0, 0]] }),
    [['0', 'trap table_out_of_bounds 17']]];
  const two = (operator) => one('i32 i32 -> i32', `local.get 0; local.get 1; ${operator}; end`);
  yield ['division', two('i32.div_s'), [['0 7 2', 'ok 27 i32:3'], ['0 1 0', 'trap integer_divide_by_zero 27'],
    ['0 2147483648 -1', 'trap integer_overflow 27']]];
  yield ['remainder', two('i32.rem_u'), [['0 1 0', 'trap integer_divide_by_zero 27']]];
  yield ['truncation of f32', one('f32 -> i32', 'local.get 0; i32.trunc_f32_s; end'),
    [['0 f32:1077936128', 'ok 18 i32:3'], ['0 f32:2143289344', 'trap invalid_conversion 18'],
      ['0 f32:1325400064', 'trap integer_overflow 18']]];
  yield ['truncation of f64', one('f64 -> i64', 'local.get 0; i64.trunc_f64_u; end'),
    [['0 f64:4613937818241073152', 'ok 18 i64:3'], ['0 f64:18444492273895866368', 'trap invalid_conversion 18'],
      ['0 f64:13830554455654793216', 'trap integer_overflow 18']]];
  yield ['segment out of bounds', one('->', 'end', { data: [[0, 0x41, 0xff, 0xff, 0x07, 0x0b, 1, 1]] }),
    [['0', 'error: trap at instantiation: memory_out_of_bounds']]];
  yield ['element out of bounds', one('->', 'end', { tables: [[0x70, 0, 1]], elements: [[0, 0x41, 1, 0x0b, 1, 0]] }),
    [['0', 'error: trap at instantiation: table_out_of_bounds']]];
}

function* values() {
  yield ['payload of a NaN', { types: ['f32 -> i32', 'f64 -> i64', 'f64 -> f64'], functions: [
    { code: 'local.get 0; i32.reinterpret_f32; end' }, { type: 1, code: 'local.get 0; i64.reinterpret_f64; end' },
    { type: 2, code: 'local.get 0; end' }] },
  [['0 f32:2139095041', 'ok 12 i32:2139095041'], ['1 f64:9218868437227405313', 'ok 12 i64:9218868437227405313'],
    ['2 f64:9218868437227405313', 'ok 10 f64:nan'], ['2 f64:1', 'ok 10 f64:1']]];
  yield ['several results', one('-> i32 i64', 'i32.const -1; i64.const -1; end'),
    [['0', 'ok 11 i32:4294967295 i64:18446744073709551615']]];
  yield ['references', one('extern -> extern func', 'local.get 0; ref.func 0; end'),
    [['0 null', 'ok 14 externref:null funcref:ref']]];
  yield ['extended constants', one('-> i32', 'global.get 0; end',
    { globals: [[0x7f, 0, 0x41, 2, 0x41, 3, 0x6a, 0x0b]] }), [['0', 'ok 12 i32:5']]];
}

// The bits of the results, seen as integers. An argument is a negative NaN with a payload, -1 or infinity.
const floats = [
  { float: 'f32', bits: 'i32.reinterpret_f32', result: 'i32', one: "0x00'00'80'3f", canonical: 0x7fc00000,
    nan: 'f32:4290772993', minusOne: 'f32:3212836864', infinity: 'f32:2139095040' },
  { float: 'f64', bits: 'i64.reinterpret_f64', result: 'i64', one: "0x00'00'00'00'00'00'f0'3f",
    canonical: 0x7ff8000000000000n, nan: 'f64:18444492273895866369', minusOne: 'f64:13830554455654793216',
    infinity: 'f64:9218868437227405312' },
];

function* canonicalNans() {
  for (const { float, bits, result, one: number, canonical, nan, minusOne, infinity } of floats) {
    const seen = (code) => one(`${float} -> ${result}`, `${code}; ${bits}; end`);
    const ok = (used) => `ok ${used} ${result}:${canonical}`;
    const get = 'local.get 0';
    for (const [name, used] of [['ceil', 18], ['floor', 18], ['trunc', 18], ['nearest', 18], ['sqrt', 32]]) {
      yield [`NaN of ${float}.${name}`, seen(`${get}; ${float}.${name}`), [[`0 ${nan}`, ok(used)]]];
    }
    for (const [name, used] of [['add', 19], ['sub', 19], ['mul', 19], ['div', 33], ['min', 19], ['max', 19]]) {
      const constant = `${float}.const ${number}`;
      yield [`NaN of ${float}.${name}`, seen(`${get}; ${constant}; ${float}.${name}`), [[`0 ${nan}`, ok(used)]]];
      yield [`NaN in ${float}.${name}`, seen(`${constant}; ${get}; ${float}.${name}`), [[`0 ${nan}`, ok(used)]]];
    }
    yield [`NaN made by ${float}.sqrt`, seen(`${get}; ${float}.sqrt`), [[`0 ${minusOne}`, ok(32)]]];
    yield [`NaN made by ${float}.sub`, seen(`${get}; ${get}; ${float}.sub`), [[`0 ${infinity}`, ok(19)]]];
  }
  yield ['NaN of f64.promote_f32', one('f32 -> i64', 'local.get 0; f64.promote_f32; i64.reinterpret_f64; end'),
    [['0 f32:4290772993', `ok 20 i64:${0x7ff8000000000000n}`]]];
  yield ['NaN of f32.demote_f64', one('f64 -> i32', 'local.get 0; f32.demote_f64; i32.reinterpret_f32; end'),
    [['0 f64:18444492273895866369', `ok 20 i32:${0x7fc00000}`]]];
  yield ['NaN in memory', one('f32 -> i32', `i32.const 0; local.get 0; f32.sqrt; f32.store 2 0;
    i32.const 0; i32.load 2 0; end`), [['0 f32:3212836864', `ok 40 i32:${0x7fc00000}`]]];
  yield ['path taken by a NaN', one('f32 ->', `local.get 0; f32.sqrt; i32.reinterpret_f32; i32.const ${0x7fc00000};
    i32.sub; if void; unreachable; end; end`), [['0 f32:3212836864', 'ok 38']]];
  yield ['truncation of a NaN just made', one('f32 -> i32', 'local.get 0; f32.sqrt; i32.trunc_f32_s; end'),
    [['0 f32:3212836864', 'trap invalid_conversion 38']]];
  yield ['other results as they are', one('f32 -> i32', 'local.get 0; f32.ceil; i32.reinterpret_f32; end'),
    [['0 f32:3204448256', `ok 18 i32:${0x80000000}`]]]; // -0.5 becomes -0
  yield ['dead arithmetic', one('-> f64', 'unreachable; f64.add; f32.demote_f64; f64.promote_f32; end'),
    [['0', 'trap unreachable 9']]];
  yield ['nothing to pay', one('f32 ->', 'local.get 0; f32.sqrt; drop; end'), [['0 f32:0', 'ok 31']], 31];
}

// Operators on the bits keep the sign and payload even of a signaling NaN.
function* bitwiseNans() {
  const seen = (code) => one('f32 -> i32', `local.get 0; ${code}; i32.reinterpret_f32; end`);
  yield ['NaN of f32.neg', seen('f32.neg'), [['0 f32:2139095041', `ok 14 i32:${0xff800001}`]]];
  yield ['NaN of f32.abs', seen('f32.abs'), [['0 f32:4286578689', `ok 14 i32:${0x7f800001}`]]];
  yield ['NaN of f32.copysign', seen("f32.const 0x00'00'80'bf; f32.copysign"),
    [['0 f32:2139095041', `ok 15 i32:${0xff800001}`]]];
  yield ['NaN of f32.reinterpret_i32', seen('drop; i32.const 2139095041; f32.reinterpret_i32'),
    [['0 f32:0', `ok 16 i32:${0x7f800001}`]]];
  yield ['f32.neg of a NaN just made', seen('f32.sqrt; f32.neg'), [['0 f32:3212836864', `ok 34 i32:${0xffc00000}`]]];
}

function* instances() {
  yield ['imports of all kinds, one name twice', one('-> i32 i64', `f64.const 0x00'00'00'00'00'00'f0'3f; call 1; call 0;
    i64.const 5; global.get 0; drop; drop; end`, { types: ['-> i32 i64', 'f64 ->'], memories: undefined,
    imports: [['m', 'f', 0, 0], ['m', 'f', 0, 1], ['m', 'g', 3, 0x7f, 1], ['m', 't', 1, 0x70, 0, 2],
      ['m', 'p', 2, 0, 1], ['m', 'e', 3, 0x6f, 0]] }),
  [['0', 'ok 36 i32:0 i64:0; m.f 19 f64:4607182418800017408; m.f 29']]];
  yield ['byte order mark in a name', one('->', 'end', { exports: [['\ufeff', 0, 0]] }), [['\ufeff', 'ok 9']]];
  yield ['names already taken', one('->', 'end', { globals: [[0x7f, 0, 0x41, 1, 0x0b]],
    exports: [['gas:gas', 3, 0], ['gas::start', 0, 0]] }), [['gas::start', 'ok 9']]];
  yield ['start', one('->', 'call 0; end', { ...host, start: 1 }), [[null, 'ok 19; m.f 18'], ['0', 'ok 19; m.f 18']]];
  yield ['start out of gas', one('->', 'end', { start: 0 }), [[null, 'out_of_gas 8'], ['0', 'skipped']], 8];
  yield ['start traps', one('->', 'unreachable; end', { start: 0 }), [[null, 'trap unreachable 9'], ['0', 'skipped']]];
  // A trap leaves the instance as it is: the global counts the calls.
  yield ['state after a trap', one('-> i32', `global.get 0; i32.const 1; i32.add; global.set 0;
    i32.const 1; global.get 0; i32.const 1; i32.sub; i32.div_s; end`, counter),
  [['0', 'trap integer_divide_by_zero 41'], ['0', 'ok 41 i32:1']]];
  yield ['unknown export', one('->', 'end'), [['1', 'error: no exported function 1']]];
  yield ['wrong arguments', one('i32 ->', 'end'), [['0', 'error: 0 takes 1 arguments']]];
  yield ['wrong type of argument', one('i32 ->', 'end'), [['0 i64:1', 'error: i64:1 is not of type i32']]];
}
