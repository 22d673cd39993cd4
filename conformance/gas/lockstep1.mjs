// The schedule lockstep-1: a body is split into regions, and the cost of a whole region is charged
// when it is entered. Operators that cannot be reached cost nothing.
import { readFileSync } from 'node:fs';
import { operatorNames } from './operators.mjs';

const prices = JSON.parse(readFileSync(new URL('./lockstep-1.json', import.meta.url), 'utf8'));
for (const name of Object.keys(prices.ops)) {
  if (!operatorNames.has(name)) throw new Error(`lockstep-1.json prices an unknown operator ${name}`);
}
const weight = (name) => prices.ops[name] ?? prices.default;

// Operators that also pay for each unit of the u32 on top of the stack.
const unitPrices = new Map([
  ['memory.grow', prices.grow_page],
  ['memory.fill', prices.bulk_byte], ['memory.copy', prices.bulk_byte], ['memory.init', prices.bulk_byte],
  ['table.grow', prices.table_elem], ['table.fill', prices.table_elem],
  ['table.copy', prices.table_elem], ['table.init', prices.table_elem],
].filter(([, price]) => price > 0));

export function lockstep1(body) {
  const walk = new Walk();
  walk.startRegion(body.operators[0].at);
  walk.pay(prices.entry_base + prices.local * body.locals);
  for (const operator of body.operators) walk.step(operator);
  return walk.charges.filter(({ amount }) => amount !== 0);
}

class Walk {
  charges = []; // in text order; the last { amount } is the region that is open
  #region;
  #reachable = true;
  // One frame for each open construct, the function's body outermost.
  #frames = [{ kind: 'block', entered: true, targeted: false, armReachesEnd: false }];

  startRegion(at) {
    this.#region = { at, amount: 0 };
    this.charges.push(this.#region);
  }

  pay(cost) {
    this.#region.amount += cost;
  }

  step({ name, at, next, labels }) {
    if (this.#reachable) this.pay(weight(name));
    switch (name) {
      case 'block': case 'loop': case 'if':
        this.#frames.push({ kind: name, entered: this.#reachable, targeted: false, armReachesEnd: false });
        if (name !== 'block') this.#split(next);
        return;
      case 'else': return this.#enterElse(next);
      case 'end': return this.#leave(next);
      case 'br': case 'br_table':
        this.#target(labels);
        this.#reachable = false;
        return;
      case 'br_if':
        this.#target(labels);
        return this.#split(next);
      case 'return': case 'unreachable': case 'return_call': case 'return_call_indirect':
        this.#reachable = false;
        return;
      case 'call': case 'call_indirect':
        return this.#split(next);
    }
    if (unitPrices.has(name) && this.#reachable) {
      this.charges.push({ at, unitPrice: unitPrices.get(name) });
      this.#split(next);
    }
  }

  #split(next) {
    if (this.#reachable) this.startRegion(next);
  }

  #target(labels) {
    if (!this.#reachable) return;
    for (const label of labels) this.#frames[this.#frames.length - 1 - label].targeted = true;
  }

  #enterElse(next) {
    const frame = this.#frames.at(-1);
    frame.kind = 'else';
    frame.armReachesEnd = this.#reachable;
    this.#reachable = frame.entered;
    this.#split(next);
  }

  #leave(next) {
    const { kind, entered, targeted, armReachesEnd } = this.#frames.pop();
    if (this.#frames.length === 0 || kind === 'loop') return; // branches to a loop meet its header
    const isJoin = targeted || kind !== 'block';
    this.#reachable ||= targeted || armReachesEnd || (kind === 'if' && entered);
    if (isJoin) this.#split(next);
  }
}
