import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Disk } from '../../../electron/contract/disks.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { SnapshotTree } from '../../../electron/contract/snapshots.ts';
import type { Task } from '../../../electron/contract/tasks.ts';
import { ageTrash } from '../agedTrash.ts';
import { startLiveWrites, type LiveWrites } from './liveWrites.ts';
import { DISK_BYTES, digestOf, removeIfThere, type DiskWorld } from './diskWorld.ts';

/** `nobody` where it is only measured how long it takes. */
export type Victim = 'lab' | 'QEMU' | 'nobody';

/** Something that is done with a guest or its disk, in which a process is killed. */
export interface Operation {
  readonly name: string;
  /** Whether the long run tries it again and again. */
  readonly often: boolean;
  /** Whose end is tried: the lab's, or QEMU's. */
  readonly victims: readonly Victim[];
  prepare(world: DiskWorld): Promise<void>;
  /** Resolves when the lab has acknowledged it; rejects when it is cut off. */
  perform(world: DiskWorld): Promise<void>;
  /** Sees with a living lab that it was done or not done, notes what is true now, and tidies up. */
  settle(world: DiskWorld, victim: Victim): Promise<void>;
}

interface Started {
  readonly task: string;
}

async function finish(world: DiskWorld, { task }: Started): Promise<void> {
  const { state } = await world.ended(task);
  if (state !== 'done') throw new Error(`the task is ${state}`);
}

const nothing = (): Promise<void> => Promise.resolve();
const treeOf = ({ call, guest }: DiskWorld): Promise<SnapshotTree> => call<SnapshotTree>('snapshots.tree', { guest });

/** A snapshot whose name tells that it was acknowledged is there. */
async function take(world: DiskWorld): Promise<void> {
  const started = await world.call<Started & { snapshot: string }>('snapshots.take', { guest: world.guest, name: 'moment' });
  await finish(world, started);
  world.kept.set(started.snapshot, world.content);
}

interface LivePart {
  readonly base: Buffer;
  writes: LiveWrites | null;
  /** A snapshot whose end was told. */
  promised: string | null;
}
/** What a running guest writes while something is done with it. */
const live = new WeakMap<DiskWorld, LivePart>();
function livePart(world: DiskWorld): LivePart {
  const part = live.get(world);
  if (part === undefined) throw new Error('nothing was prepared');
  return part;
}

/** A running guest whose content is known byte for byte. */
async function bootKnown(world: DiskWorld): Promise<void> {
  await exportTo(world, RAW_FILE);
  const path = join(world.exports, RAW_FILE);
  live.set(world, { base: readFileSync(path), writes: null, promised: null });
  removeIfThere(path);
  await world.boot();
}

/** Does something with the guest while that writes, and lets it write until then. */
async function whileWriting(world: DiskWorld, act: () => Promise<void>): Promise<void> {
  const part = livePart(world);
  const writes = startLiveWrites(world, part.base);
  part.writes = writes;
  try {
    await act();
  } finally {
    await writes.stop();
  }
}

/** Waits for what the next lab finishes by itself, ends the guest, and sees what its disk and the new snapshots have. */
async function settleLive(world: DiskWorld, possible: (writes: LiveWrites) => Set<string>): Promise<void> {
  const { writes, promised } = livePart(world);
  if (writes === null) throw new Error('nothing was written');
  for (const { id } of await world.call<{ id: string }[]>('tasks.list')) await world.ended(id);
  await world.powerOff();
  const { digest } = await world.call<{ digest: string }>('disks.digest', { id: world.disk });
  expect([...possible(writes)], `the disk after ${writes.acknowledged()} acknowledged writes`).toContain(digest);
  world.content = digest;
  const { snapshots } = await treeOf(world);
  if (promised !== null) expect(snapshots.map(({ id }) => id)).toContain(promised);
  for (const { id, name } of snapshots.filter((snapshot) => !world.kept.has(snapshot.id))) {
    const { disks } = await world.call<{ disks: { expected: string }[] }>('snapshots.verify', { id });
    expect([...writes.history()], name).toContain(disks[0]?.expected);
    world.kept.set(id, disks[0]?.expected ?? '');
  }
}

async function takeLive(world: DiskWorld): Promise<void> {
  await whileWriting(world, async () => {
    const started = await world.call<Started & { snapshot: string }>('snapshots.take', { guest: world.guest, name: 'moment' });
    await finish(world, started);
    livePart(world).promised = started.snapshot;
  });
}

/** A guest that only stood still for its snapshot goes on, whatever became of the lab. */
async function settleRunning(world: DiskWorld, victim: Victim): Promise<void> {
  if (victim !== 'QEMU') await world.answers();
  await settleLive(world, (writes) => writes.possible());
}

async function settleLiveRevert(world: DiskWorld): Promise<void> {
  for (const { id } of await world.call<{ id: string }[]>('tasks.list')) await world.ended(id);
  const { current } = await treeOf(world);
  await settleLive(world, (writes) => (current === targets.get(world) ? writes.possibleAfterReturn() : writes.possible()));
}

const PIN = 'Pin';

/** Two snapshots between others are gone for good, and only a clone keeps their layers from being merged. */
async function leaveLooseLayers(world: DiskWorld): Promise<void> {
  const taken: string[] = [];
  for (const pattern of [11, 23, 42, 57]) {
    await world.write(pattern);
    await take(world);
    taken.push([...world.kept.keys()].at(-1) ?? '');
  }
  await world.write(5);
  await finish(world, await world.call<Started>('disks.clone', { id: world.disk, name: PIN, kind: 'linked' }));
  for (const id of taken.slice(1, 3)) {
    await world.call('snapshots.remove', { id });
    world.kept.delete(id);
  }
  await world.call('system.shutdown', { guests: 'kill' });
  await world.killLab();
  ageTrash(world.place.dataDirectory);
  await world.lab();
}

/** The clone goes, and merging begins; it is over when no task is under way any more. Answers the merges of this lab. */
async function merge(world: DiskWorld): Promise<Task[]> {
  const clone = (await world.call<Disk[]>('disks.list')).find(({ name }) => name === PIN);
  if (clone !== undefined) await world.call('disks.remove', { id: clone.id });
  for (const { id } of await world.call<{ id: string }[]>('disks.trash')) await world.call('disks.purge', { id });
  const tasks = (await world.call<Task[]>('tasks.list')).filter(({ title }) => title.startsWith('Merge layers'));
  return Promise.all(tasks.map(({ id }) => world.ended(id)));
}

/** Where it was going to, when it was sent back. */
const targets = new WeakMap<DiskWorld, string>();

/** Two snapshots, so that where the guest stands tells whether it went back to the first. */
async function moveOn(world: DiskWorld): Promise<void> {
  await take(world);
  targets.set(world, [...world.kept.keys()].at(-1) ?? '');
  const { runtime } = await world.call<Guest>('guests.get', { id: world.guest });
  if (runtime.state === 'stopped') await world.write(world.kept.size * 37);
  await take(world);
}

async function goBack(world: DiskWorld): Promise<void> {
  await finish(world, await world.call<Started>('snapshots.revert', { id: targets.get(world) }));
}

/** It went back, or it did not: where the guest stands tells which, and the content must be that. */
async function settleRevert(world: DiskWorld): Promise<void> {
  const target = targets.get(world) ?? '';
  // What the next lab finishes by itself is over when no task is under way any more.
  for (const { id } of await world.call<{ id: string }[]>('tasks.list')) await world.ended(id);
  const tree = await treeOf(world);
  // The safety snapshot has the content that was there before, and belongs to what must be kept.
  for (const { id, safety } of tree.snapshots) if (safety && !world.kept.has(id)) world.kept.set(id, world.content);
  if (tree.current === target) world.content = world.kept.get(target) ?? '';
}

/** A disk that the operation makes, if it came so far; it has the content of the other. */
async function settleCopy(world: DiskWorld, name: string): Promise<void> {
  const copies = (await world.call<Disk[]>('disks.list')).filter((disk) => disk.name === name);
  for (const { id, trouble } of copies) {
    expect(trouble).toBeNull();
    expect((await world.call<{ digest: string }>('disks.digest', { id })).digest).toBe(world.content);
    await world.call('disks.remove', { id });
    await world.call('disks.purge', { id });
  }
}

const RAW_FILE = 'content.raw';
async function exportTo(world: DiskWorld, name: string): Promise<void> {
  await finish(world, await world.call<Started>('disks.export', { id: world.disk, path: join(world.exports, name), format: 'raw' }));
}

const resized = { small: DISK_BYTES, large: DISK_BYTES + 4 * 1_048_576 };

/** The disk has the one size or the other, and its content is what it was, with zeros behind it or cut off. */
async function settleResize(world: DiskWorld): Promise<void> {
  const { virtualBytes } = await world.call<Disk>('disks.get', { id: world.disk });
  const bytes = readFileSync(join(world.exports, RAW_FILE));
  const expected = Buffer.concat([bytes, Buffer.alloc(Math.max(0, virtualBytes - bytes.length))]).subarray(0, virtualBytes);
  expect([resized.small, resized.large]).toContain(virtualBytes);
  world.content = createHash('sha256').update(expected).digest('hex');
  removeIfThere(join(world.exports, RAW_FILE));
}

export const operations: readonly Operation[] = [
  { name: 'a snapshot of a running guest', often: true, victims: ['lab', 'QEMU'], prepare: async (world) => {
      await bootKnown(world);
    },
    perform: takeLive,
    settle: settleRunning,
  },
  { name: 'a snapshot of a stopped guest', often: true, victims: ['lab'], prepare: (world) => world.write(7), perform: take, settle: nothing },
  {
    name: 'a revert of a running guest',
    often: true,
    victims: ['lab', 'QEMU'],
    async prepare(world) {
      await bootKnown(world);
      await moveOn(world);
    },
    perform: (world) => whileWriting(world, () => goBack(world)),
    settle: settleLiveRevert,
  },
  { name: 'a revert of a stopped guest', often: true, victims: ['lab'], prepare: moveOn, perform: goBack, settle: settleRevert },
  {
    name: 'a linked clone',
    often: true,
    victims: ['lab'],
    prepare: nothing,
    perform: async (world) => finish(world, await world.call<Started>('disks.clone', { id: world.disk, name: 'Clone', kind: 'linked' })),
    settle: (world) => settleCopy(world, 'Clone'),
  },
  {
    name: 'a full clone',
    often: true,
    victims: ['lab'],
    prepare: nothing,
    perform: async (world) => finish(world, await world.call<Started>('disks.clone', { id: world.disk, name: 'Copy', kind: 'full' })),
    settle: (world) => settleCopy(world, 'Copy'),
  },
  {
    name: 'a change of size',
    often: true,
    victims: ['lab'],
    prepare: (world) => exportTo(world, RAW_FILE),
    async perform(world) {
      const { virtualBytes } = await world.call<Disk>('disks.get', { id: world.disk });
      await world.call('disks.resize', { id: world.disk, bytes: virtualBytes === resized.small ? resized.large : resized.small, shrink: true });
    },
    settle: settleResize,
  },
  {
    name: 'a merging of layers',
    often: true,
    victims: ['lab'],
    prepare: leaveLooseLayers,
    perform: async (world) => {
      await merge(world);
    },
    async settle(world, victim) {
      const merges = await merge(world);
      expect(merges.map(({ failure }) => failure)).toEqual(merges.map(() => null));
      if (victim === 'nobody') {
        // A merge may begin by itself between two snapshots that go; then the rest is merged by the next one.
        expect(merges.map(({ phase }) => phase)).toContainEqual(expect.stringMatching(/^[23] layers are one$/));
      }
      expect((await world.call<Disk>('disks.get', { id: world.disk })).trouble).toBeNull();
    },
  },
  {
    name: 'a conversion',
    often: false,
    victims: ['lab'],
    prepare: nothing,
    perform: async (world) => finish(world, await world.call<Started>('disks.convert', { id: world.disk, format: 'qcow2' })),
    settle: nothing,
  },
  {
    name: 'a compaction',
    often: false,
    victims: ['lab'],
    prepare: (world) => world.write(3),
    perform: async (world) => finish(world, await world.call<Started>('disks.compact', { id: world.disk })),
    settle: nothing,
  },
  {
    name: 'an import',
    often: false,
    victims: ['lab'],
    prepare: (world) => exportTo(world, RAW_FILE),
    perform: async (world) => finish(world, await world.call<Started>('disks.import', { name: 'Imported', source: { path: join(world.exports, RAW_FILE) } })),
    async settle(world) {
      await settleCopy(world, 'Imported');
      removeIfThere(join(world.exports, RAW_FILE));
    },
  },
  {
    name: 'an export',
    often: false,
    victims: ['lab'],
    prepare: nothing,
    perform: (world) => exportTo(world, 'out.raw'),
    settle(world) {
      const path = join(world.exports, 'out.raw');
      if (existsSync(path)) expect(digestOf(path)).toBe(world.content);
      removeIfThere(path);
      return Promise.resolve();
    },
  },
];
