// CosmWasm's gas by hand. A row is [title, schedule, module, calls, limit]; a call is
// ['export arguments', 'outcome gas results; host calls'].
import { one } from './assemble.mjs';

export const ifElse = one('i32 -> i32',
  'local.get 0; if i32; i32.const 0; i32.load 2 0; else; unreachable; end; end');
export const ifElseBadLoad = one('i32 -> i32',
  'local.get 0; if i32; i32.const 0; i32.load 2 2000000; else; unreachable; end; end');
export const countDown = one('i32 ->',
  'loop void; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end; end');
const constant = one('-> i32', 'i32.const 7; end');
const plainIf = one('i32 ->', 'local.get 0; if void; nop; end; end');
const scaleOf = (release) => (release.startsWith('1.') ? 1000 : 1);

export const withLocals = (count, code) => ({ types: ['-> i32', '->'],
  functions: [{ code, locals: [[count, 'i32']] }, { type: 1, code: 'end' }] });

export function* cosmwasmCases() {
  const name = 'cosmwasm-3.0.8';
  yield ['if and else', name, ifElse, [['0 1', 'ok 5175 i32:0'], ['0 0', 'trap unreachable 1725']]];
  yield ['exact limit', name, ifElse, [['0 1', 'ok 5175 i32:0']], 5175];
  for (const limit of [5174, 3565, 3564, 1725, 1724, 0]) {
    yield [`limit ${limit}`, name, ifElse, [['0 1', `out_of_gas ${limit}`], ['0 1', 'skipped']], limit];
  }
  yield ['trapping load', name, ifElseBadLoad, [['0 1', 'trap memory_out_of_bounds 1725']]];
  // 1610 before the header, 2070 each round, 1610 on falling through, 1610 for the last end.
  yield ['loop', name, countDown, [['0 3', 'ok 11040'], ['0 1', 'ok 6900']]];
  yield ['dead code', name, one('-> i32', 'i32.const 7; return; nop; nop; if void; br 0; end; end'),
    [['0', 'ok 1725 i32:7']]];
  yield ['nothing after a call', name,
    one('i32 ->', 'local.get 0; call 0; nop; end', { imports: [['m', 'f', 0, 0]] }),
    [['0 5', 'ok 3450; m.f 1725 i32:5']]];
  yield ['br_table', name, one('i32 ->', 'block void; local.get 0; br_table 1 1 0; end; end'),
    [['0 0', 'ok 1840'], ['0 1', 'ok 3450'], ['0 -1', 'ok 3450']]];

  for (const [releases, used] of [['1.0.0 1.2.3 1.5.5', 300_000], ['1.5.6 1.5.7 1.5.8 1.5.11', 1_725_000],
    ['2.0.0 2.0.4', 300], ['2.1.0 2.1.1', 340],
    ['2.0.5 2.0.6 2.1.2 2.1.3 2.0.7 2.0.9 2.1.4 2.1.7 2.2.0 2.2.8 2.3.0 2.3.3 3.0.0 3.0.8 2.2.9 2.3.4 3.0.9', 1725]]) {
    for (const release of releases.split(' ')) {
      yield ['constant', `cosmwasm-${release}`, constant, [['0', `ok ${used} i32:7`]]];
    }
  }
  for (const release of ['0.16.7', '1.5.12', '2.0.10', '2.1.8', '2.2.10', '2.3.5', '3.0.10', '3.1.0', 'x']) {
    yield ['no release', `cosmwasm-${release}`, constant, [['0', `error: no schedule cosmwasm-${release}`]]];
  }
  // get, if, nop, end and the last end; where `if` does not account, the arm not taken is not paid at all.
  for (const release of ['1.5.6', '1.5.7', '2.0.5', '2.0.6', '2.1.2', '2.1.3']) {
    yield ['if without accounting', `cosmwasm-${release}`, plainIf,
      [['0 1', `ok ${3565 * scaleOf(release)}`], ['0 0', `ok ${1610 * scaleOf(release)}`]]];
  }
  for (const release of ['1.5.8', '2.0.7', '2.1.4', '2.2.0', '2.3.0', '3.0.0', '3.0.9']) {
    yield ['if with accounting', `cosmwasm-${release}`, plainIf,
      [['0 1', `ok ${5060 * scaleOf(release)}`], ['0 0', `ok ${3335 * scaleOf(release)}`]]];
  }
  for (const release of ['2.2.9', '2.3.4', '3.0.9']) {
    for (const [count, alone, calling] of [[0, 1725, 4945], [29, 1725, 4945], [30, 1840, 5060],
      [50000, 5748390, 5751610]]) {
      yield [`${count} locals`, `cosmwasm-${release}`, withLocals(count, 'i32.const 7; end'),
        [['0', `ok ${alone} i32:7`]]];
      yield [`${count} locals and a call`, `cosmwasm-${release}`, withLocals(count, 'call 1; i32.const 7; end'),
        [['0', `ok ${calling} i32:7`]]];
    }
  }
  for (const release of ['2.2.8', '2.3.3', '3.0.8']) {
    yield ['free locals', `cosmwasm-${release}`, withLocals(50000, 'i32.const 7; end'), [['0', 'ok 1725 i32:7']]];
  }
  yield ['locals at entry', 'cosmwasm-3.0.9', withLocals(30, 'unreachable; end'), [['0', 'trap unreachable 115']]];
}
