// Kills labs, machines and shells at random moments, one after another in one place. `npm run test:long` goes on for
// many more rounds; the same seed draws the same faults.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawNumbers } from '../support/drawnNumbers.ts';
import { drawFaults } from '../support/faultWorld/faults.ts';
import { makeFaultWorld, type FaultWorld } from '../support/faultWorld/world.ts';

const LONG_ROUNDS = 20;
const isLong = process.env['PETRI_LONG'] !== undefined;

let world: FaultWorld;
beforeAll(() => void (world = makeFaultWorld()));
afterAll(() => world.close());

const faults = drawFaults(drawNumbers('fault run'), isLong ? LONG_ROUNDS : 1).map((fault, at) => [at + 1, fault.name, fault] as const);

test.each(faults)('fault %i: when %s, nothing that was acknowledged is lost and nothing is left behind', async (_number, _name, fault) => {
  await fault.happen(world);
  await world.verify();
});

test('the guest that idled through it still answers, and every run came to its end', async () => {
  const { definition } = await world.idler();
  const { client } = await world.lab();
  const id = `guest/${definition.id}/serial0`;
  const { end } = await client.consoles.get({ id });
  await client.consoles.write({ id, base64: Buffer.from('calls 7\r').toString('base64') });
  const stream = await (await world.lab()).openConsole(id, end);
  let text = '';
  for await (const { bytes } of stream) {
    text += Buffer.from(bytes).toString('latin1');
    if (text.includes('counts calls=7 ')) break;
  }
  const runs = await client.measurements.list();
  expect(runs.length).toBeGreaterThan(0);
  expect(runs.filter(({ state }) => state !== 'done')).toEqual([]);
});
