// Schedules by name. A schedule is a function: decoded body → the charges to put in, in text order;
// { at, amount } charges a constant before the operator at byte `at`,
// { at, unitPrice } charges unitPrice times the u32 on top of the stack.
import { cosmwasmSchedule } from './cosmwasm.mjs';
import { lockstep1 } from './lockstep1.mjs';

export function findSchedule(name) {
  const schedule = name === 'lockstep-1' ? lockstep1
    : name.startsWith('cosmwasm-') ? cosmwasmSchedule(name.slice('cosmwasm-'.length)) : undefined;
  if (!schedule) throw new Error(`no schedule ${name}`);
  return schedule;
}
