// The second definition of gas, on the command line; see README.md.
import { readFileSync } from 'node:fs';
import { runJob, unlimited } from './run.mjs';

const usage = `usage: node oracle.mjs --schedule NAME [--limit N] FILE EXPORT [ARGS...]
       node oracle.mjs --batch JOBS.jsonl`;

function parseCommandLine(words) {
  const options = {};
  let rest = [...words];
  while (rest[0]?.startsWith('--')) {
    const [option, value, ...others] = rest;
    if (!['--schedule', '--limit', '--batch'].includes(option) || value === undefined) throw new Error(usage);
    options[option.slice(2)] = value;
    rest = others;
  }
  if (options.batch !== undefined ? rest.length > 0 : !options.schedule || rest.length < 2) throw new Error(usage);
  const [file, name, ...args] = rest;
  return { ...options, file, calls: [{ export: name, args }] };
}

function checkLimit({ limit = String(unlimited) }) {
  if (!/^\d+$/.test(limit) || BigInt(limit) > unlimited) throw new Error(`limit ${limit} is not a u64`);
}

const print = (report) => process.stdout.write(`${JSON.stringify(report)}\n`);

try {
  const { batch, ...job } = parseCommandLine(process.argv.slice(2));
  const jobs = batch === undefined ? [job]
    : readFileSync(batch, 'utf8').split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
  jobs.forEach(checkLimit);
  for (const each of jobs) print(runJob(each));
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
