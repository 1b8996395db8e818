// Runs every check and test, whatever fails before, and ends with one line over all of them.
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closingLine, nothing, sum, type Counts } from './counts.ts';
import { rounds, type Lane, type Stage, type StageRun } from './stages.ts';

/** The linter takes up to 3 GB, two compilers or two processes of unit tests beside it another. */
const LANES_BYTES = 6 * 1024 ** 3;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } } });
// The same seed repeats the same faults.
const seed = values.seed ?? String(randomInt(2 ** 31));
// Hundreds of labs and command lines are started: they are compiled once in a run.
const compiled = mkdtempSync(join(tmpdir(), 'petri-compiled-'));
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const environment = { PETRI_SEED: seed, NODE_COMPILE_CACHE: compiled, ...(values.long ? { PETRI_LONG: '1' } : {}) };

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const headline = (name: string): string => `\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`;

async function timed({ name, run }: Stage, given: StageRun): Promise<{ counts: Counts; closing: string }> {
  const began = performance.now();
  const counts = await run(given).catch((error: unknown) => ({ ...nothing, failed: 1, failures: [`${name} could not be run: ${String(error)}`] }));
  return { counts, closing: `── ${name}: ${closingLine(counts)} in ${((performance.now() - began) / 1_000).toFixed(1)} s` };
}

/** Shows what a stage prints as it comes. */
async function runAlone(stage: Stage): Promise<Counts> {
  say(headline(stage.name));
  const { counts, closing } = await timed(stage, { environment });
  say(closing);
  return counts;
}

/** Shows what a stage printed when it has ended, so that it is not mixed with what runs beside it. */
async function runBeside(stage: Stage): Promise<Counts> {
  const printed: Buffer[] = [];
  const { counts, closing } = await timed(stage, { environment, print: (piece) => void printed.push(piece) });
  say(`${headline(stage.name)}\n${Buffer.concat(printed).toString()}${closing}`);
  return counts;
}

async function runLane(lane: Lane, run: (stage: Stage) => Promise<Counts>): Promise<Counts> {
  const results: Counts[] = [];
  for (const stage of lane) results.push(await run(stage));
  return sum(results);
}

/** Lanes run at the same time where there is memory for that. */
async function runRound(lanes: readonly Lane[]): Promise<Counts> {
  if (lanes.length < 2 || process.availableMemory() < LANES_BYTES) return runLane(lanes.flat(), runAlone);
  return sum(await Promise.all(lanes.map((lane) => runLane(lane, runBeside))));
}

const known = rounds().flat(2).map(({ name }) => name);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  say(`There is no stage ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  process.exit(2);
}
const isWanted = ({ name }: Stage): boolean => positionals.length === 0 || positionals.includes(name);
const wanted = rounds().map((lanes) => lanes.map((lane) => lane.filter(isWanted)).filter(({ length }) => length > 0));

say(`seed ${seed}: npm test -- --seed ${seed} repeats the random choices of this run`);
const began = performance.now();
const results: Counts[] = [];
for (const lanes of wanted.filter(({ length }) => length > 0)) results.push(await runRound(lanes));

const total = sum(results);
if (total.skips.length > 0) say('\nskipped:');
for (const { test, reason } of total.skips) say(`  ${test}: ${reason}`);
if (total.failures.length > 0) say('\nfailed:');
for (const failure of total.failures) say(`  ${failure}`);
say(`\nall stages took ${((performance.now() - began) / 1_000).toFixed(0)} s`);
say(closingLine(total));
process.exitCode = total.failed > 0 ? 1 : 0;
