// Runs every check and test, whatever fails before, and ends with one line over all of them.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { closingLine, nothing, sum, type Counts } from './counts.ts';
import { stages, type Stage } from './stages.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } } });
// The same seed repeats the same faults.
const seed = values.seed ?? String(randomInt(2 ** 31));
const environment = { PETRI_SEED: seed, ...(values.long ? { PETRI_LONG: '1' } : {}) };

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function runStage({ name, run }: Stage): Promise<Counts> {
  const began = performance.now();
  say(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
  const counts = await run(environment).catch((error: unknown) => ({ ...nothing, failed: 1, failures: [`${name} could not be run: ${String(error)}`] }));
  say(`── ${name}: ${closingLine(counts)} in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return counts;
}

const known = stages();
const unknown = positionals.filter((name) => known.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  say(`There is no stage ${unknown.join(', ')}; there are ${known.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

say(`seed ${seed}: npm test -- --seed ${seed} repeats the random choices of this run`);
const results: Counts[] = [];
for (const stage of known.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) results.push(await runStage(stage));

const total = sum(results);
if (total.skips.length > 0) say('\nskipped:');
for (const { test, reason } of total.skips) say(`  ${test}: ${reason}`);
if (total.failures.length > 0) say('\nfailed:');
for (const failure of total.failures) say(`  ${failure}`);
say(`\n${closingLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
