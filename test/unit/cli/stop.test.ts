import { expect, test } from 'vitest';
import { renderStopped } from '../../../electron/cli/commands/stop.ts';
import { findGuest } from '../../../electron/cli/run/findGuest.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Guest } from '../../../electron/contract/guests.ts';

const guest = (id: string, runtime: object, catalogEntry: string | null = null): Guest => ({ definition: { id, name: `Guest ${id}`, catalogEntry }, runtime, restarts: { nextAt: null } }) as unknown as Guest;
const stopped = (how: string): object => ({ state: 'stopped', end: { how } });

test('a guest that was not running is told as such, and one that ran with how it ended', () => {
  const before = [guest('a', stopped('poweredDown')), guest('b', { state: 'stopped', end: null }), guest('c', { state: 'running' })];
  const after = [...before.slice(0, 2), guest('c', stopped('poweredDown'))];
  expect(renderStopped(after, before)).toBe('Guest a was not running\nGuest b was not running\nGuest c is stopped (it powered down)');
  expect(renderStopped([])).toBe('No guest runs.');
});

test('a word that means several guests is refused with how many, and with each id', async () => {
  const twins = [guest('one', {}, 'builtin-i386'), guest('two', {}, 'builtin-i386')];
  const client = { guests: { list: () => Promise.resolve(twins) } } as unknown as LabClient;
  await expect(findGuest(client, 'builtin-i386')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    details: { issues: [{ message: '"builtin-i386" means 2 guests: say the id of the one that is meant' }, { message: 'may be one (Guest one)' }, { message: 'may be two (Guest two)' }] },
  });
});
