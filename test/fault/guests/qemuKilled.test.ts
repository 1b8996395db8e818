import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { consoleText } from '../../support/consoleText.ts';

let place: LabPlace;
let opened: DoorlessLab;
beforeAll(async () => {
  place = makeLabPlace();
  opened = await place.open();
});
afterAll(() => place.close());

const phases = ['multiboot_detected', 'kernel_starts', 'pre_init_phase', 'kmain_phase', 'cstart_phase', 'process_init', 'memory_init', 'system_init', 'scheduler_ready', 'shell_prompt'];

/** Starts a guest that stays in a phase for a minute, and answers when the line before that phase is there. */
async function stopInPhase(phase: number): Promise<{ guest: Guest; lastLine: RegExp }> {
  const { client, lab } = opened;
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  await client.guests.update({ id: definition.id, change: { boot: { ...definition.boot, arguments: `delay=${phases[phase] ?? ''}:60000` } } });
  const guest = await client.guests.start({ id: definition.id });
  const lastLine = phase === 0 ? /^Petri guest/m : new RegExp(`^\\[ ?${phase}/10\\] ${phases[phase - 1] ?? ''}.*`, 'm');
  await consoleText(lab, definition.id, lastLine);
  return { guest, lastLine };
}

async function untilStopped(id: string): Promise<Guest> {
  for await (const event of await opened.client.guests.watch()) {
    const guests = event.type === 'snapshot' ? event.guests : event.type === 'changed' ? [event.guest] : [];
    const found = guests.find(({ definition, runtime }) => definition.id === id && runtime.state === 'stopped');
    if (found !== undefined) return found;
  }
  throw new Error('the feed ended');
}

test.each(phases.map((name, index) => [name, index] as const))('QEMU killed in the phase %s is a crash with the line before it, and leaves nothing', async (_name, phase) => {
  const { guest, lastLine } = await stopInPhase(phase);
  if (guest.runtime.state !== 'running') throw new Error('not running');
  process.kill(guest.runtime.machine.pid, 'SIGKILL');
  const { runtime } = await untilStopped(guest.definition.id);
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'crashed', failure: { code: 'GUEST_ENDED', details: { guest: guest.definition.name } } } });
  const failure = runtime.state === 'stopped' ? runtime.end?.failure : null;
  expect(failure?.code === 'GUEST_ENDED' ? failure.details.lastLine : '').toMatch(lastLine);
  expect(failure?.code === 'GUEST_ENDED' ? failure.details.failure.signal : '').toBe('SIGKILL');
  place.leaks.check();
});
