// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { guestDefinition, type Guest } from '../../../electron/contract/guests.ts';
import { stateMark } from '../../../renderer/features/guests/guestState.ts';
import { emptyDraft, guestFromDraft } from '../../../renderer/features/guests/kernelDraft.ts';
import { chooseBuiltin } from '../../../renderer/features/home/bootSomething.ts';
import { applyGuestEvent } from '../../../renderer/stores/guests.ts';
import { createInMemoryLab } from '../../support/inMemoryLab.ts';

const guest = (id: string, name = id): Guest => ({
  definition: guestDefinition.parse({ ...guestFromDraft({ ...emptyDraft(), name, kernel: '/k.elf', phaseTable: 'linux' }), id, createdAt: '2026-03-02T09:30:00.000Z' }),
  runtime: { state: 'stopped', end: null },
  health: { state: 'none', at: null, says: '' },
  restarts: { count: 0, nextAt: null },
});

test('the guests follow a snapshot, changes and removals, in the order of their making', () => {
  const snapshot = applyGuestEvent(new Map(), { type: 'snapshot', guests: [guest('a'), guest('b')] });
  const changed = applyGuestEvent(snapshot, { type: 'changed', guest: guest('a', 'renamed') });
  const added = applyGuestEvent(changed, { type: 'changed', guest: guest('c') });
  const removed = applyGuestEvent(added, { type: 'removed', id: 'b' });
  expect([...removed.values()].map(({ definition }) => definition.name)).toEqual(['renamed', 'c']);
  expect([...snapshot.keys()]).toEqual(['a', 'b']);
});

test('a kernel without a name is called after its file, and empty modules are left out', () => {
  const draft = { ...emptyDraft(), kernel: ' /home/ada/my kernel.elf ', modules: [{ path: '', arguments: 'x' }, { path: '/initrd', arguments: 'y' }] };
  const made = guestFromDraft(draft);
  expect(made.name).toBe('my kernel.elf');
  expect(made.boot.kernel).toEqual({ kind: 'file', path: '/home/ada/my kernel.elf' });
  expect(made.boot.modules).toEqual([{ image: { kind: 'file', path: '/initrd' }, arguments: 'y' }]);
});

test('a guest that crashed does not look like one that was stopped', () => {
  const end = { at: '2026-03-02T09:30:00.000Z', failure: null };
  expect(stateMark({ state: 'stopped', end: { ...end, how: 'crashed' } }).word).toBe('Crashed');
  expect(stateMark({ state: 'stopped', end: { ...end, how: 'killed' } }).word).toBe('Stopped');
});

test('what boots at once is the i386 guest that comes with Petri', () => {
  const lab = createInMemoryLab();
  expect(lab.catalogEntries.map(({ id }) => id)).toContain('builtin-arm');
  expect(chooseBuiltin(lab.catalogEntries.toReversed())?.id).toBe('builtin-i386');
  expect(chooseBuiltin([])).toBeUndefined();
});
