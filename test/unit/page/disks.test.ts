// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { Disk } from '../../../electron/contract/disks.ts';
import { diskRows, locksOf, originOf, parseSize, writeSize } from '../../../renderer/features/disks/diskRows.ts';

const disk = (id: string, more: Partial<Disk> = {}): Disk => ({
  id, name: id, format: 'qcow2', virtualBytes: 1_048_576, fileBytes: 4_096, path: `/d/${id}.qcow2`, outside: false, cloneOf: null, clones: [], guests: [],
  origin: { how: 'created', source: null, digest: null }, notes: '', createdAt: '2026-03-02T09:30:00.000Z', trouble: null, ...more,
});

test('clones stand below what they rest on, also when they are shown without it', () => {
  const all = [disk('b'), disk('clone', { cloneOf: 'b' }), disk('a'), disk('deeper', { cloneOf: 'clone' })];
  const shown = (disks: Disk[]): string[] => diskRows(disks).map(({ disk: { id }, depth }) => `${'-'.repeat(depth)}${id}`);
  expect(shown(all)).toEqual(['a', 'b', '-clone', '--deeper']);
  expect(shown(all.slice(1, 2))).toEqual(['clone']);
});

test('a size is read as people write it, in whole sectors', () => {
  const cases: [string, number | null][] = [['8 GiB', 8 * 2 ** 30], ['512M', 512 * 2 ** 20], ['1,5g', 1.5 * 2 ** 30], ['20', 20 * 2 ** 30], ['1000B', 1_024], ['2tib', 2 ** 41], ['', null], ['big', null], ['0', null], ['-3G', null]];
  for (const [text, bytes] of cases) expect(parseSize(text), text).toBe(bytes);
  for (const bytes of [512, 64 * 2 ** 20, 8 * 2 ** 30, 3 * 2 ** 29]) expect(parseSize(writeSize(bytes))).toBe(bytes);
});

test('what cannot be done with a disk says why before it is tried', () => {
  const running = new Set(['g']);
  const guests = [{ id: 'g', name: 'Minix' }];
  expect(locksOf(disk('free'), running)).toEqual({ alter: '', remove: '', read: '' });
  expect(locksOf(disk('used', { guests }), running).read).toBe('Minix is running with it.');
  expect(locksOf(disk('attached', { guests }), new Set())).toEqual({ alter: '', read: '', remove: 'It is in Minix: take it out first.' });
  expect(locksOf(disk('base', { clones: ['c'] }), running)).toMatchObject({ alter: 'A linked clone rests on it.', read: '' });
});

test('an origin is told without its folders', () => {
  expect(originOf(disk('i', { origin: { how: 'imported', source: '/home/ada/minix.img', digest: null } }))).toBe('Imported from minix.img');
  expect(originOf(disk('c'))).toBe('Created empty');
});
