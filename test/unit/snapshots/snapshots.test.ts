import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawTree } from '../../../electron/core/snapshots/drawTree.ts';
import { lineageAfter, livingParent } from '../../../electron/core/snapshots/lineage.ts';
import { snapshotObstacles, type SnapshotSituation } from '../../../electron/core/snapshots/obstacles.ts';

describe('a tree of snapshots', () => {
  test('is drawn with its branches, the oldest first', () => {
    const nodes = [
      { id: 'a', parent: null },
      { id: 'b', parent: 'a' },
      { id: 'c', parent: 'b' },
      { id: 'd', parent: 'a' },
      { id: 'e', parent: 'gone' },
    ];
    expect(drawTree(nodes).map(({ branches, node }) => branches + node.id)).toEqual(['a', '├─ b', '│  └─ c', '└─ d', 'e']);
  });
  test('shows each snapshot once, whatever was deleted', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (picks, keep) => {
        const lineages: string[][] = [];
        picks.forEach((pick, at) => lineages.push(at === 0 || pick % 5 === 0 ? [] : lineageAfter({ id: `s${pick % at}`, lineage: lineages[pick % at] ?? [] })));
        const living = new Set(picks.map((_, at) => `s${at}`).filter((_, at) => keep[at]));
        const nodes = [...living].map((id) => ({ id, parent: livingParent(lineages[Number(id.slice(1))] ?? [], living) }));
        expect(drawTree(nodes).map(({ node }) => node.id).sort()).toEqual([...living].sort());
      }),
    ));
  test('a deleted parent is stepped over', () => {
    expect(livingParent(['a', 'b', 'c'], new Set(['a', 'c']))).toBe('c');
    expect(livingParent(['a', 'b', 'c'], new Set(['a']))).toBe('a');
    expect(livingParent(['a'], new Set())).toBeNull();
  });
});

const disk = { name: 'Data', format: 'qcow2', outside: false, trouble: null, usedBy: [] } as const;
const situation: SnapshotSituation = { guest: 'Hurd', state: 'running', isLocal: true, mayBeEmpty: false, disks: [disk], blockers: [] };

describe('what stands in the way of a snapshot', () => {
  test('is nothing for a running guest with a qcow2 disk', () => expect(snapshotObstacles(situation)).toEqual([]));
  test.each([
    ['a raw disk', { disks: [{ ...disk, format: 'raw' as const }] }, /Data is raw.*convert it to qcow2/],
    ['a file of the user', { disks: [{ ...disk, outside: true }] }, /used where it is/],
    ['another user of the disk', { disks: [{ ...disk, usedBy: ['Mach'] }] }, /in use: Mach/],
    ['no disk and no run', { disks: [], state: 'stopped' as const }, /nothing to keep/],
    ['a start that is under way', { state: 'starting' as const }, /is starting/],
    ['another host', { isLocal: false }, /another host/],
    ['a mounted share', { blockers: ["Migration is disabled when VirtFS export path '/home' is mounted in the guest using mount_tag 'work'"] }, /"work" is mounted in the guest: unmount it/],
    ['what only QEMU knows', { blockers: ['the device is not migratable'] }, /the device is not migratable.*Stop the guest/],
  ])('%s', (_name, change, words) => {
    const found = snapshotObstacles({ ...situation, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(words);
  });
  test('what hinders the machine does not hinder its disks when it is stopped', () => {
    expect(snapshotObstacles({ ...situation, state: 'stopped', isLocal: false, blockers: ['x'] })).toEqual([]);
  });
});
