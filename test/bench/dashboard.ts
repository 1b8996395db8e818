// What the dashboard costs: processor time of the lab with 5 idle guests that are watched, against the same lab without guests and without a viewer.
import { setTimeout as wait } from 'node:timers/promises';
import { median } from 'simple-statistics';
import type { LabClient } from '../../electron/contract/contract.ts';
import { readProcessUsage } from '../../electron/host/process/processUsage.ts';
import { printRows, sayProgress } from '../support/benchmark.ts';
import { startLabForTests } from '../support/labForTests.ts';

const GUESTS = 5;
const ROUNDS = Number(process.env['PETRI_BENCH_ROUNDS'] ?? 5);
/** Long enough for a write of the history, which comes twice a minute. */
const ROUND_MS = 31_000;
/** Of one core. */
const LIMIT_PERCENT = 5;

/** The lab's processor time in a round, as a percentage of one core. */
async function percentOf(pid: number): Promise<number> {
  const [began, before] = [performance.now(), readProcessUsage(pid)?.cpuSeconds ?? Number.NaN];
  await wait(ROUND_MS);
  return ((readProcessUsage(pid)?.cpuSeconds ?? Number.NaN) - before) / ((performance.now() - began) / 100_000);
}

/** Reads the dashboard until it is told to stop; answers how many pictures came. */
async function watchDashboard(client: LabClient, signal: AbortSignal): Promise<number> {
  let pictures = 0;
  try {
    for await (const { rows } of await client.history.watch(undefined, { signal })) if (rows.length === GUESTS + 1) pictures += 1;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return pictures;
}

const lab = await startLabForTests();
try {
  const { client, hello } = lab.connection;
  const ids: string[] = [];
  for (let number = 1; number <= GUESTS; number += 1) ids.push((await client.guests.createFromCatalog({ entry: 'builtin-i386', name: `Guest ${number}` })).definition.id);
  const [watched, alone]: [number[], number[]] = [[], []];
  // What a lab does when it begins, such as proving accelerators, is not what the dashboard costs.
  await client.accelerators.list();
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const id of ids) await client.guests.start({ id });
    const end = new AbortController();
    const watching = watchDashboard(client, end.signal);
    watched.push(await percentOf(hello.pid));
    end.abort();
    if ((await watching) < ROUND_MS / 1_000 - 10) throw new Error('the dashboard did not come once a second');
    for (const id of ids) await client.guests.kill({ id });
    alone.push(await percentOf(hello.pid));
    sayProgress(`dashboard ${round}/${ROUNDS}: ${(watched.at(-1) ?? 0).toFixed(2)} % with ${GUESTS} guests and a viewer, ${(alone.at(-1) ?? 0).toFixed(2)} % without`);
  }
  const percent = (values: readonly number[]): string => `${median([...values]).toFixed(2)} % of a core`;
  printRows([{ name: `the lab with ${GUESTS} idle guests, watched once a second`, ours: percent(watched), reference: percent(alone), ratio: '', target: `< ${LIMIT_PERCENT} %`, runs: ROUNDS, met: median(watched) < LIMIT_PERCENT }]);
} finally {
  await lab.close();
}
