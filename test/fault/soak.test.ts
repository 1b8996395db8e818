// Hours in minutes: guests that idle, measurements one after another, and viewers that come and go. What the lab holds
// after the first rounds is what it holds after the last.
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../electron/client/connectLab.ts';
import { makeFaultWorld, type FaultWorld } from '../support/faultWorld/world.ts';

const GUESTS = 3;
const WARM_ROUNDS = 10;
const ROUNDS = 60;
/** V8 collects when it wants to; a leak of some 300 kB a round is seen beside that. */
const GROWTH_LIMIT_BYTES = 20e6;

let world: FaultWorld;
beforeAll(() => void (world = makeFaultWorld()));
afterAll(() => world.close());

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}

/** What the page does when it is opened: it watches everything and reads a console; then it is closed. */
async function visit({ client, openConsole }: Connection, guest: string): Promise<void> {
  const ends = new AbortController();
  const watches = await Promise.all([client.guests, client.tasks, client.hosts, client.settings].map((noun) => noun.watch(undefined, { signal: ends.signal })));
  await Promise.all(watches.map((feed) => feed.next()));
  const stream = await openConsole(`guest/${guest}/serial0`, 0);
  for await (const { bytes } of stream) if (bytes.length > 0) break;
  stream.close();
  ends.abort();
}

async function round(guests: readonly string[], seed: number): Promise<void> {
  const lab = await world.lab();
  const { id } = await lab.client.measurements.start({ kind: 'boot', subjects: [{ guest: guests[0] ?? '' }], runs: 1, warmUps: 0, seed });
  await Promise.all([world.follow(id), ...guests.map((guest) => visit(lab, guest))]);
  await lab.client.measurements.remove({ id });
}

test('a lab that works for long holds no more memory, files and processes than at the start', { timeout: 3_600_000 }, async ({ skip }) => {
  skip(process.env['PETRI_LONG'] === undefined, 'takes minutes; npm run test:long runs it');
  skip(process.platform !== 'linux', 'reads /proc');
  const { client, hello } = await world.lab();
  const guests: string[] = [];
  for (let count = 0; count < GUESTS; count += 1) {
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
    await client.guests.start({ id: definition.id });
    guests.push(definition.id);
  }
  const held = () => ({ files: readdirSync(`/proc/${hello.pid}/fd`).length, threads: readdirSync(`/proc/${hello.pid}/task`).length, processes: world.place.processes().length });
  for (let at = 0; at < WARM_ROUNDS; at += 1) await round(guests, at);
  const [before, memory] = [held(), residentBytes(hello.pid)];
  for (let at = 0; at < ROUNDS; at += 1) await round(guests, WARM_ROUNDS + at);
  // A line that was closed is let go of a moment later.
  await expect.poll(held, { timeout: 30_000 }).toEqual(before);
  expect(residentBytes(hello.pid) - memory).toBeLessThan(GROWTH_LIMIT_BYTES);
});
