// Kills the lab or QEMU at drawn moments inside everything that is done with disks and snapshots. `npm run test:long`
// does so 30 times for each; the same seed draws the same moments.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { makeDiskWorld, type DiskWorld } from '../../support/diskWorld/diskWorld.ts';
import { operations, type Operation } from '../../support/diskWorld/operations.ts';

const isLong = process.env['PETRI_LONG'] !== undefined;
const KILLS = isLong ? 30 : 1;
/** Every snapshot is a layer more; a fresh disk keeps the chains as short as people's are. */
const KILLS_OF_A_DISK = 10;
const PARTS = 1_000;

const draw = drawNumbers('disk kills');
let world: DiskWorld | null = null;
let used = 0;
const killed = new Map<string, number>();

async function freshWorld(): Promise<DiskWorld> {
  if (world !== null && used < KILLS_OF_A_DISK) return world;
  await world?.close();
  used = 0;
  return (world = await makeDiskWorld());
}
afterAll(async () => {
  await world?.close();
  process.stdout.write(`killed: ${[...killed].map(([name, count]) => `${name} ${count}`).join(', ')}\n`);
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
  if ('machine' in runtime) process.kill(runtime.machine.pid, 'SIGKILL');
}

const cases = operations.flatMap((operation) =>
  Array.from({ length: KILLS }, (_, at) => {
    const victim = operation.victims[(at + (isLong ? 0 : draw(0, 1))) % operation.victims.length] ?? 'lab';
    return [operation.name, victim, at + 1, draw(0, PARTS), operation] as const;
  }),
);

describe('whatever is killed, no content is lost and the tree tells the truth', () => {
  test.each(cases)('%s, in which the %s is killed (%i, at %i thousandths)', { timeout: 120_000 }, async (_name, victim, _number, part, operation) => {
    const at = await freshWorld();
    used += 1;
    const delayMs = (await durationOf(operation, at)) * (part / PARTS);
    await operation.prepare(at);
    const lab = await at.lab();
    const outcome = operation.perform(at).then(() => 'done', () => 'cut off');
    await wait(delayMs);
    if (victim === 'lab') {
      await at.killLab();
      expect(await at.lab()).not.toBe(lab);
    } else {
      await killQemu(at);
    }
    await outcome;
    await operation.settle(at, victim);
    await at.verify();
    killed.set(operation.name, (killed.get(operation.name) ?? 0) + 1);
  });
});
