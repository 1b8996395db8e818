// Kills the lab or QEMU at drawn moments inside everything that is done with disks and snapshots. `npm run test:long`
// does so 30 times for each operation in which most is at stake; the same seed draws the same moments.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { makeDiskWorld, type DiskWorld } from '../../support/diskWorld/diskWorld.ts';
import { operations, type Operation, type Victim } from '../../support/diskWorld/operations.ts';

const isLong = process.env['PETRI_LONG'] !== undefined;
const OFTEN = 30;
/** Every snapshot is a layer more; a fresh disk keeps the chains as short as people's are. */
const KILLS_OF_A_DISK = 10;
const PARTS = 1_000;

const draw = drawNumbers('disk kills');
const killsOf = ({ often }: Operation): number => (isLong && often ? OFTEN : 1);
let world: DiskWorld | null = null;
let used = 0;

/** The same lab again and again, until a kill in it failed. */
async function worldForOne(): Promise<DiskWorld> {
  if (world === null) world = await makeDiskWorld();
  else if (used % KILLS_OF_A_DISK === 0) await world.renew();
  used += 1;
  return world;
}
async function closeWorld(): Promise<void> {
  const closed = world;
  world = null;
  used = 0;
  await closed?.close();
}

const tally = new Map(operations.map((operation) => [operation.name, { planned: killsOf(operation), passed: 0, failed: 0, inside: 0 }]));
const total = (of: 'planned' | 'passed' | 'failed'): number => [...tally.values()].reduce((sum, counts) => sum + counts[of], 0);
function tell(name: string): void {
  const { planned, passed, failed, inside } = tally.get(name) ?? { planned: 0, passed: 0, failed: 0, inside: 0 };
  process.stdout.write(`disk kills: ${name}: ${passed + failed}/${planned}, ${failed} failed, ${inside} before its end (all: ${total('passed') + total('failed')}/${total('planned')})\n`);
}
afterAll(async () => {
  await closeWorld();
  for (const name of tally.keys()) tell(name);
  process.stdout.write(`disk kills: ${total('passed')} of ${total('planned')} passed, ${total('failed')} failed\n`);
});

/** How long it takes when nobody kills anything, in milliseconds; measured once for each kind. */
const durations = new Map<string, number>();
async function durationOf(operation: Operation, at: DiskWorld): Promise<number> {
  const known = durations.get(operation.name);
  if (known !== undefined) return known;
  await operation.prepare(at);
  const began = performance.now();
  await operation.perform(at);
  const took = performance.now() - began;
  await operation.settle(at, 'nobody');
  await at.verify();
  durations.set(operation.name, took);
  return took;
}

async function killQemu({ call, guest }: DiskWorld): Promise<void> {
  const { runtime } = await call<Guest>('guests.get', { id: guest });
  if (!('machine' in runtime)) return;
  try {
    process.kill(runtime.machine.pid, 'SIGKILL');
  } catch (error) {
    // A revert ends the machine itself, and was faster: there is nothing left to kill.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Kills in the middle and sees that all is well. Answers whether it was before the operation's end. */
async function killDuring(operation: Operation, victim: Victim, part: number): Promise<boolean> {
  const at = await worldForOne();
  const delayMs = (await durationOf(operation, at)) * (part / PARTS);
  await operation.prepare(at);
  const lab = await at.lab();
  let isOver = false;
  const outcome = operation.perform(at).then(() => (isOver = true), () => undefined);
  await wait(delayMs);
  const wasInside = !isOver;
  if (victim === 'lab') {
    await at.killLab();
    expect(await at.lab()).not.toBe(lab);
  } else {
    await killQemu(at);
  }
  await outcome;
  await operation.settle(at, victim);
  await at.verify();
  return wasInside;
}

const cases = operations.flatMap((operation) =>
  Array.from({ length: killsOf(operation) }, (_, at) => {
    const victim = operation.victims[(at + (isLong ? 0 : draw(0, 1))) % operation.victims.length] ?? 'lab';
    return [operation.name, victim, at + 1, draw(0, PARTS), operation] as const;
  }),
);

describe('whatever is killed, no content is lost and the tree tells the truth', () => {
  test.each(cases)('%s, in which the %s is killed (%i, at %i thousandths)', { timeout: 120_000 }, async (name, victim, _number, part, operation) => {
    const counts = tally.get(name);
    if (counts === undefined) throw new Error(`${name} is not planned`);
    try {
      const wasInside = await killDuring(operation, victim, part);
      counts.passed += 1;
      if (wasInside) counts.inside += 1;
    } catch (error) {
      counts.failed += 1;
      // What it left must not fail the next one too.
      await closeWorld().catch(() => undefined);
      throw error;
    } finally {
      if (isLong) tell(name);
    }
  });
});
