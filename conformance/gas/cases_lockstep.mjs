// Gas of lockstep-1 by hand. A row is [title, module, calls, limit]; a comment lists the regions.
import { one } from './assemble.mjs';
import { countDown, ifElse, ifElseBadLoad, withLocals } from './cases_cosmwasm.mjs';

const unreachable = (used) => `trap unreachable ${used}`;
const divided = (used) => `trap integer_divide_by_zero ${used}`;
// Traps, and weighs 1 + 1 + 16 + 1 = 19: it shows what its region has paid in advance.
const boom = 'i32.const 1; i32.const 0; i32.div_s; drop';
const host = { imports: [['m', 'f', 0, 0]] };
const table = { tables: [[0x70, 0, 4]] };
const segments = { dataCount: 1, data: [[1, 3, 1, 2, 3]], elements: [[1, 0, 1, 0]], ...table };

export function* lockstepCases() {
  yield* straightCode();
  yield* whereRegionsEnd();
  yield* wholeFunctions();
  yield* deadCode();
  yield* dynamicCosts();
}

// One region: 8 for the entry, 1 for each local, then the operators.
function* straightCode() {
  yield ['constant', one('-> i32', 'i32.const 5; end'), [['0', 'ok 10 i32:5']]];
  yield ['locals', withLocals(30, 'i32.const 5; end'), [['0', 'ok 40 i32:5']]];
  yield ['parameters', one('i32 i32 ->', 'end'), [['0 1 2', 'ok 9']]];
  yield ['typed select', one('-> i32', 'i32.const 4; i32.const 5; i32.const 1; select.t 1 i32; end'),
    [['0', 'ok 15 i32:4']]];
  yield ['block with parameters', one('-> i32', 'i32.const 7; i32.const 9; block 1; i32.add; end; end',
    { types: ['-> i32', 'i32 i32 -> i32'] }), [['0', 'ok 15 i32:16']]];
  yield ['over-long numbers', one('i32 -> i32', "local.get 0x80'80'00; i32.const 0x85'80'80'80'00; i32.add; end"),
    [['0 2', 'ok 13 i32:7']]];
  yield ['over-long prefixed operator', one('-> i32', "f64.const 0x00'00'00'00'00'00'f0'3f; 0xfc'82'80'00; end"),
    [['0', 'ok 18 i32:1']]];
}

function* whereRegionsEnd() {
  for (const [title, code, used] of [
    ['nop', `${boom}; nop; end`, 8 + 19 + 2],
    ['block', `${boom}; block void; nop; end; end`, 8 + 19 + 4],
    ['loop', `${boom}; loop void; nop; end; end`, 8 + 19 + 1],
    ['if', `${boom}; local.get 0; if void; nop; end; end`, 8 + 19 + 4],
    ['br', `${boom}; br 0; nop; end`, 8 + 19 + 3],
    ['br_if', `${boom}; local.get 0; br_if 0; nop; end`, 8 + 19 + 4],
    ['br_table', `${boom}; local.get 0; br_table 1 0 0; nop; end`, 8 + 19 + 4],
    ['return', `${boom}; return; nop; end`, 8 + 19 + 3],
    ['unreachable', `${boom}; unreachable; nop; end`, 8 + 19 + 1],
    ['call', `${boom}; local.get 0; call 0; nop; end`, 8 + 19 + 11],
    ['call_indirect', `${boom}; local.get 0; local.get 0; call_indirect 0 0; nop; end`, 8 + 19 + 18],
    ['return_call', `${boom}; local.get 0; return_call 0; end`, 8 + 19 + 11],
    ['return_call_indirect', `${boom}; local.get 0; local.get 0; return_call_indirect 0 0; end`, 8 + 19 + 18],
    ['memory.grow', `${boom}; local.get 0; memory.grow 0; drop; end`, 8 + 19 + 101],
    ['memory.size', `${boom}; memory.size 0; drop; end`, 8 + 19 + 4],
    ['data.drop', `${boom}; data.drop 0; end`, 8 + 19 + 5],
    ['elem.drop', `${boom}; elem.drop 0; end`, 8 + 19 + 5],
    ['table.get', `${boom}; i32.const 0; table.get 0; drop; end`, 8 + 19 + 9],
    ['table.size', `${boom}; table.size 0; drop; end`, 8 + 19 + 4],
    ['untargeted end', `block void; ${boom}; end; nop; end`, 8 + 1 + 19 + 3],
    ['end of a loop', `loop void; ${boom}; end; nop; end`, 8 + 1 + 19 + 3],
    ['targeted end', `block void; local.get 0; br_if 0; ${boom}; end; nop; end`, 8 + 5 + 19 + 1],
    ['end of if', `local.get 0; i32.const 1; i32.add; if void; ${boom}; end; nop; end`, 8 + 7 + 19 + 1],
    ['else', `i32.const 1; if void; ${boom}; else; nop; end; nop; end`, 8 + 4 + 19 + 1],
    ['end of else', `local.get 0; if void; nop; else; ${boom}; end; nop; end`, 8 + 4 + 19 + 1],
    ['end of else, other arm left', `local.get 0; if void; return; else; ${boom}; end; nop; end`, 8 + 4 + 19 + 1],
    ['br before a dead br_if', `block void; block void; ${boom}; br 0; local.get 0; br_if 1; end; end; nop; end`,
      8 + 2 + 19 + 3],
    ...['local.get 0; br_if 1', 'local.get 0; if void; else; br 2; end', 'local.get 0; if void; end; br 1',
      'block void; end; br 1', 'loop void; end; br 1'].map((dead) => [`an untargeted end, dead: ${dead}`,
      `block void; block void; br 0; ${dead}; end; ${boom}; end; nop; end`, 8 + 5 + 19 + 3]),
  ]) yield [`region of ${title}`, one('i32 ->', code, segments), [['0 0', divided(used)]]];
}

function* wholeFunctions() {
  // 8 local.get if; const load else; unreachable; end.
  yield ['if and else', ifElse, [['0 1', 'ok 19 i32:0'], ['0 0', unreachable(13)]]];
  yield ['trap in a paid region', ifElseBadLoad, [['0 1', 'trap memory_out_of_bounds 18']]];
  yield ['out of gas before that trap', ifElseBadLoad, [['0 1', 'out_of_gas 17'], ['0 1', 'skipped']], 17];
  // 8 local.get if; return; nop end.
  yield ['if without else', one('i32 ->', 'local.get 0; if void; return; end; nop; end'),
    [['0 1', 'ok 15'], ['0 0', 'ok 14']]];
  // 8 local.get if; br; nop end; nop end.
  yield ['branch to an if', one('i32 ->', 'local.get 0; if void; br 0; else; nop; end; nop; end'),
    [['0 1', 'ok 17'], ['0 0', 'ok 16']]];
  // 8 loop; get const sub tee br_if, each round; end end.
  yield ['loop', countDown, [['0 3', 'ok 35'], ['0 1', 'ok 19']]];
  // 8 get loop; const sub tee get br_if, each round; end end.
  yield ['loop with parameters', one('i32 -> i32',
    'local.get 0; loop 0; i32.const 1; i32.sub; local.tee 0; local.get 0; br_if 0; end; end'),
  [['0 2', 'ok 28 i32:0']]];
  // 8 block block get br_table; nop end; end.
  yield ['br_table', one('i32 ->', 'block void; block void; local.get 0; br_table 1 0 1; end; nop; end; end'),
    [['0 0', 'ok 17'], ['0 1', 'ok 15'], ['0 9', 'ok 15']]];
  yield ['br_table, three ways', one('i32 ->',
    'block void; block void; local.get 0; br_table 3 0 1 2 1; end; nop; end; nop; end'),
    [['0 0', 'ok 18'], ['0 1', 'ok 16'], ['0 2', 'ok 14'], ['0 3', 'ok 16']]];

  const callHost = one('->', 'call 0; nop; end', host); // 8 call; nop end
  yield ['call', callHost, [['0', 'ok 20; m.f 18']]];
  yield ['call, then out of gas', callHost, [['0', 'out_of_gas 19; m.f 18'], ['0', 'skipped']], 19];
  yield ['out of gas, no call', callHost, [['0', 'out_of_gas 17']], 17];
  yield ['tail call', one('-> i32', '', { functions: [{ code: 'return_call 1; nop; end' },
    { code: 'i32.const 3; end' }] }), [['0', 'ok 28 i32:3']]];
}

function* deadCode() {
  // 8 block br; nop end.
  yield ['dead end', one('->', 'block void; br 0; end; nop; end'), [['0', 'ok 14']]];
  // 8 block return.
  yield ['dead branch', one('->', 'block void; return; br 0; end; nop; unreachable; end'), [['0', 'ok 12']]];
  // 8 block block br; end.
  yield ['dead br_if and br_table', one('->', `block void; block void; br 1; i32.const 1; br_if 0;
    i32.const 0; br_table 1 0 0; end; unreachable; end; end`), [['0', 'ok 14']]];
  yield ['both arms leave', one('i32 ->', 'local.get 0; if void; return; else; unreachable; end; nop; end'),
    [['0 1', 'ok 15'], ['0 0', unreachable(13)]]];
  yield ['dead constructs', one('->', `return; i32.const 1; if void; nop; else; nop; end; loop void; end;
    i32.const 1; if void; nop; end; call 0; i32.const 1; memory.grow 0; drop; block void; br 0; end; end`),
    [['0', 'ok 11']]];
  yield ['dead operators without operands', one('-> i32',
    'i32.const 3; return; memory.grow 0; call_indirect 0 0; drop; i32.trunc_f32_s; end', table),
  [['0', 'ok 12 i32:3']]];
  // 8 loop; br: nothing follows.
  yield ['endless loop', one('->', 'loop void; br 0; end; nop; end'), [['0', 'out_of_gas 1000']], 1000];
}

function* dynamicCosts() {
  // 8 get memory.grow; pages; end.
  const grow = one('i32 -> i32', 'local.get 0; memory.grow 0; end');
  yield ['memory.grow', grow, [['0 1', 'ok 4206 i32:1'], ['0 0', 'ok 110 i32:2'], ['0 5', 'ok 20590 i32:4294967295'],
    ['0 -1', `ok ${109 + 4096 * 4294967295 + 1} i32:4294967295`]]];
  yield ['no gas to grow', grow, [['0 1', 'out_of_gas 4204']], 4204];
  yield ['no gas after growing', grow, [['0 1', 'out_of_gas 4205']], 4205];
  // 8 const const get memory.fill; bytes; nop end.
  const fill = one('i32 ->', 'i32.const 65535; i32.const 0; local.get 0; memory.fill 0; nop; end');
  yield ['memory.fill', fill, [['0 1', 'ok 34'], ['0 100', 'trap memory_out_of_bounds 131'],
    ['0 -1', `trap memory_out_of_bounds ${31 + 4294967295}`]]];
  yield ['no gas to fill', fill, [['0 100', 'out_of_gas 130']], 130];
  // 8 three consts memory.init; 3; three consts memory.copy; 3; data.drop end.
  yield ['memory.init and copy', one('->', `i32.const 0; i32.const 0; i32.const 3; memory.init 0 0;
    i32.const 8; i32.const 0; i32.const 3; memory.copy 0 0; data.drop 0; end`, segments),
    [['0', `ok ${31 + 3 + 23 + 3 + 5}`], ['0', 'trap memory_out_of_bounds 34']]];
  // 8 null const table.grow; 24; drop const null const table.fill; 16; const table.get is_null drop end.
  yield ['table.grow and fill', one('->', `ref.null func; i32.const 3; table.grow 0; drop;
    i32.const 1; ref.null func; i32.const 2; table.fill 0; i32.const 0; table.get 0; ref.is_null; drop; end`, table),
    [['0', `ok ${20 + 24 + 14 + 16 + 11}`]]];
  // 8 three consts table.init; 8; three consts table.copy; 16; elem.drop end.
  yield ['table.init and copy', one('->', `i32.const 0; i32.const 0; i32.const 1; table.init 0 0;
    i32.const 1; i32.const 0; i32.const 2; table.copy 0 0; elem.drop 0; end`, segments),
    [['0', `ok ${21 + 8 + 13 + 16 + 5}`], ['0', 'trap table_out_of_bounds 29']]];
}
