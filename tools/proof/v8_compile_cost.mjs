// SPDX-License-Identifier: Apache-2.0
// The least CPU time in ns of five compilations of each FILE on V8, one line each:
//     node --single-threaded --no-wasm-lazy-compilation [FLAGS] v8_compile_cost.mjs FILE...
// Each time a custom section of other bytes is added, so that V8's cache cannot help. What takes
// long is compiled less often, and what V8 refuses is `-`.
import { readFileSync } from 'node:fs';

const longest = 4e9;
let unique = process.pid * 1e6;

function differently(bytes) {
  const out = new Uint8Array(bytes.length + 12);
  out.set(bytes);
  out.set([0, 10, 1, 0x78], bytes.length); // id, size, the name "x"
  new DataView(out.buffer).setFloat64(bytes.length + 4, ++unique);
  return out;
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function time(bytes) {
  let best = Infinity;
  const begin = cpu();
  for (let i = 0; i < 5 && (i === 0 || cpu() - begin < longest); ++i) {
    const fresh = differently(bytes);
    const start = cpu();
    try {
      new WebAssembly.Module(fresh);
    } catch {
      return '-';
    }
    best = Math.min(best, cpu() - start);
  }
  return best;
}

for (const file of process.argv.slice(2)) console.log(time(readFileSync(file)));
