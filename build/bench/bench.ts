// Runs every benchmark of test/bench in a process of its own, one after another, and prints one table.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderTable } from './table.ts';
import { root } from '../paths.ts';

interface Row {
  readonly name: string;
  readonly ours: string;
  readonly reference: string;
  readonly ratio: string;
  readonly target: string;
  readonly runs: number;
  readonly met: boolean;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function failedRow(name: string, error: Error): Row {
  process.stderr.write(`${error.message}\n`);
  return { name, ours: 'failed', reference: '', ratio: '', target: '', runs: 0, met: false };
}

/** The rows that one benchmark prints as JSON; what it says meanwhile goes to stderr. */
function runBenchmark(file: string): Promise<Row[]> {
  const name = basename(file, '.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, file)], { cwd: root, maxBuffer: 2 ** 24 }, (error, stdout) => {
      if (error !== null) resolve([failedRow(name, error)]);
      else resolve(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '[]') as Row[]);
    });
    child.stderr?.pipe(process.stderr);
  });
}

const wanted = process.argv.slice(2);
const files = globSync('test/bench/*.ts', { cwd: root }).filter((file) => wanted.length === 0 || wanted.includes(basename(file, '.ts'))).sort();
const rows: Row[] = [];
for (const file of files) {
  process.stderr.write(`${basename(file, '.ts')}\n`);
  rows.push(...(await runBenchmark(file)));
}
const columns = ['', 'ours', 'reference', 'ratio', 'target', 'runs', 'met'];
say(renderTable(columns, rows.map(({ name, ours, reference, ratio, target, runs, met }) => [name, ours, reference, ratio, target, String(runs), met ? 'yes' : 'NO'])));
say('\nMedians with 95 % intervals; ours and reference interleaved in one run.');
process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
