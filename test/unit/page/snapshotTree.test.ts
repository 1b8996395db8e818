// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { createPinia } from 'pinia';
import { describe, expect, test } from 'vitest';
import { h, nextTick, ref } from 'vue';
import type { Snapshot } from '../../../electron/contract/snapshots.ts';
import SnapshotTree from '../../../renderer/features/snapshots/SnapshotTree.vue';
import { edgesOf, layoutTree, nextName, rowAfterKey } from '../../../renderer/features/snapshots/treeLayout.ts';

const snapshot = (id: string, parent: string | null, second: number, more: Partial<Snapshot> = {}): Snapshot => ({
  id, guest: 'g', name: id, notes: '', kind: 'disks', parent, safety: false, createdAt: `2026-03-02T09:30:${String(second).padStart(2, '0')}.000Z`,
  memoryBytes: null, diskBytes: 1_024, disks: [], hasScreenshot: false, ...more,
});

/** root ─ a ─ b (left behind), root ─ c ─ now. */
const branched = [snapshot('root', null, 0), snapshot('a', 'root', 1), snapshot('b', 'a', 2), snapshot('c', 'root', 3)];
const drawn = (snapshots: Snapshot[], current: string | null): string[] => layoutTree({ snapshots, current }).map(({ snapshot: at, lane }) => `${at?.id ?? 'now'}@${lane}`);

describe('the layout of the tree', () => {
  test('the way to the present is one straight line, and what was left stands in a branch below its origin', () => {
    expect(drawn(branched, 'c')).toEqual(['root@0', 'a@1', 'b@1', 'c@0', 'now@0']);
  });

  test('after a revert the old line becomes the branch', () => {
    expect(drawn(branched, 'b')).toEqual(['root@0', 'c@1', 'a@0', 'b@0', 'now@0']);
    expect(drawn(branched, 'root')).toEqual(['root@0', 'a@1', 'b@1', 'c@1', 'now@0']);
  });

  test('a snapshot whose parent was deleted, and a present without snapshots, have roots of their own', () => {
    expect(drawn([snapshot('orphan', 'gone', 1)], 'orphan')).toEqual(['orphan@0', 'now@0']);
    expect(drawn([], null)).toEqual(['now@0']);
  });

  test('a long line takes as many rows and one lane', () => {
    const long = Array.from({ length: 400 }, (_, index) => snapshot(`s${index}`, index === 0 ? null : `s${index - 1}`, 0, { createdAt: new Date(index * 1_000).toISOString() }));
    const rows = layoutTree({ snapshots: long, current: 's399' });
    expect(rows).toHaveLength(401);
    expect(Math.max(...rows.map(({ lane }) => lane))).toBe(0);
  });

  test('each dot but a root has one line to what it stands on, and only the way to the present is marked', () => {
    const edges = edgesOf(layoutTree({ snapshots: branched, current: 'c' }), 18, 40);
    expect(edges.map(({ main }) => main)).toEqual([false, false, true, true]);
    expect(edges[2]?.path).toBe('M9 20V140');
  });

  test('keys walk the rows, to the parent and into the branch', () => {
    const rows = layoutTree({ snapshots: branched, current: 'c' });
    const keys: [number, string, number | null][] = [[0, 'ArrowRight', 1], [2, 'ArrowLeft', 1], [3, 'ArrowLeft', 0], [0, 'ArrowUp', 0], [4, 'ArrowDown', 4], [0, 'End', 4], [1, 'x', null]];
    for (const [from, key, to] of keys) expect(rowAfterKey(rows, from, key), `${key} from ${from}`).toBe(to);
  });
});

test('a proposed name is free', () => {
  expect(nextName([])).toBe('Snapshot 1');
  expect(nextName([snapshot('Snapshot 2', null, 0), snapshot('safety', null, 1, { safety: true })])).toBe('Snapshot 3');
});

test('the tree is walked, renamed and deleted from by keyboard, and says where the guest stands', async () => {
  const chosen = ref<string | null>(null);
  const asked: string[] = [];
  const tree = { guest: 'g', snapshots: branched, current: 'c', obstacles: [] };
  const wrapper = mount(
    { render: () => h(TooltipProvider, () => h(SnapshotTree, { tree, stale: false, state: 'stopped', modelValue: chosen.value, 'onUpdate:modelValue': (id: string | null) => (chosen.value = id), onRename: () => asked.push('rename'), onRemove: () => asked.push('remove') })) },
    { attachTo: document.body, global: { plugins: [createPinia()] } },
  );
  const items = (): ReturnType<typeof wrapper.findAll> => wrapper.findAll('[role=treeitem]');
  expect(items().map((item) => item.attributes('tabindex'))).toEqual(['-1', '-1', '-1', '-1', '0']);
  await items()[4]?.trigger('keydown', { key: 'ArrowLeft' });
  await nextTick();
  expect(chosen.value).toBe('c');
  expect(document.activeElement?.textContent).toMatch(/^c.*the guest stands on this/);
  await items()[3]?.trigger('keydown', { key: 'F2' });
  await items()[3]?.trigger('keydown', { key: 'Delete' });
  expect(asked).toEqual(['rename', 'remove']);
  wrapper.unmount();
});
