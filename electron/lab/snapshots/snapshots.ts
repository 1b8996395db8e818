import type { Snapshot, SnapshotTree } from '../../contract/snapshots.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { livingParent } from '../../core/snapshots/lineage.ts';
import { contentDigest } from '../../host/disks/contentDigest.ts';
import type { Database } from '../../host/storage/collections.ts';
import { createFeed, type Feed } from '../feed.ts';
import { describeError, type Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createLayerDigests } from './digests.ts';
import { openSnapshotRecords, type Intent, type SnapshotRecord } from './records.ts';
import { createReverter } from './revertSnapshot.ts';
import { createSnapshotRoom, type SnapshotTools } from './room.ts';
import { createSettling } from './settle.ts';
import { createTaker } from './takeSnapshot.ts';

export interface SnapshotsDependencies extends Omit<SnapshotTools, 'records'> {
  readonly database: Database;
  readonly tasks: TasksService;
  readonly log: Log;
}

/** The snapshots of a lab; see the contract for what each act promises and refuses. */
export type SnapshotsService = ReturnType<typeof createSnapshots>;

export function createSnapshots({ database, tasks, log, ...given }: SnapshotsDependencies) {
  const records = openSnapshotRecords(database);
  const tools: SnapshotTools = { ...given, records };
  const { disks, guests, blobs } = tools;
  const { snapshots, intents } = records;
  const room = createSnapshotRoom(tools);
  const settling = createSettling(tools, log);
  const take = createTaker(tools, room, settling);
  const reverter = createReverter(tools, room, take);
  const digests = createLayerDigests(disks, log);
  const feeds = new Map<string, Feed<SnapshotTree>>();
  const atWork = new Set<Promise<unknown>>();

  const of = (guest: string): SnapshotRecord[] => snapshots.all().filter((record) => record.guest === guest);
  const describe = (record: SnapshotRecord, living: ReadonlySet<string>): Snapshot => {
    const { id, guest, name, notes, lineage, safety, createdAt, memory, screenshot, disks: kept } = record;
    return {
      id,
      guest,
      name,
      notes,
      kind: memory === null ? 'disks' : 'machine',
      parent: livingParent(lineage, living),
      safety,
      createdAt,
      memoryBytes: memory?.bytes ?? null,
      diskBytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      disks: kept.map(({ disk, layer }) => ({ disk, digest: digests.known(layer) })),
      hasScreenshot: screenshot !== null,
    };
  };
  const livingOf = (guest: string): Set<string> => new Set(of(guest).map(({ id }) => id));
  const get = (id: string): Snapshot => {
    const record = room.record(id);
    return describe(record, livingOf(record.guest));
  };
  const tree = async (guest: string): Promise<SnapshotTree> => {
    const obstacles = await room.obstacles(guest);
    const living = livingOf(guest);
    return { guest, snapshots: of(guest).map((record) => describe(record, living)), current: livingParent(room.lineageOf(guest), living), obstacles };
  };
  const refresh = (guest: string): void => {
    const feed = feeds.get(guest);
    if (feed === undefined || feed.subscribers === 0) return;
    tree(guest).then(
      (found) => feed.publish(found),
      // The guest was deleted a moment ago, or its QEMU ends: the next change tells.
      (error: unknown) => log({ level: 'info', noun: 'snapshots', message: `the tree of ${guest} could not be told`, details: describeError(error) }),
    );
  };
  const stopListening = guests.onChange(refresh);
  const changed = (guest: string): void => {
    disks.onChange();
    refresh(guest);
  };
  const digestLater = (record: SnapshotRecord | undefined): void => {
    if (record !== undefined) digests.later(record.disks.map(({ layer }) => layer), () => refresh(record.guest));
  };
  /** Keeps the guest while a task works on it; what stands in the way is thrown at once. */
  const begin = (guest: string, state: string, title: string, work: Parameters<typeof tasks.run<void>>[1]): { task: string } => {
    const release = guests.keep(guest, state);
    const { id, result } = tasks.run<void>({ title, route: `/guests/${guest}`, unit: 'steps', planned: null }, (task) => work(task).finally(release));
    // The list of tasks tells of a failure.
    const ended = result.catch(() => undefined).finally(() => changed(guest));
    atWork.add(ended);
    void ended.finally(() => atWork.delete(ended));
    return { task: id };
  };

  return {
    tree,
    async take(guest: string, name: string, notes: string): Promise<{ task: string; snapshot: string }> {
      const obstacles = await room.obstacles(guest);
      const { name: guestName } = guests.definition(guest);
      if (obstacles.length > 0) throw new DeclaredError('SNAPSHOT_IMPOSSIBLE', { guest: guestName, obstacles });
      const id = room.newId();
      const task = begin(guest, 'being snapshotted', `Snapshot ${name} of ${guestName}`, async (running) => digestLater(await take({ id, guest, name, notes, safety: false }, running)));
      return { ...task, snapshot: id };
    },
    async revert(id: string): Promise<{ task: string; safety: string }> {
      const record = room.record(id);
      await reverter.refuse(record);
      const safety = room.newId();
      const task = begin(record.guest, 'being taken back', `Go back to ${record.name}`, async (running) => {
        await reverter.revert(record, safety, running);
        digestLater(snapshots.get(safety));
      });
      return { ...task, safety };
    },
    rename(id: string, name: string, notes?: string): Snapshot {
      const record = room.record(id);
      snapshots.put(id, { ...record, name, notes: notes ?? record.notes });
      changed(record.guest);
      return get(id);
    },
    remove(id: string): void {
      const { guest } = room.record(id);
      snapshots.remove(id);
      changed(guest);
    },
    restore(id: string): Snapshot {
      const record = snapshots.restore(id);
      if (record === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted snapshot', id });
      changed(record.guest);
      return get(id);
    },
    trash: (guest: string): TrashedItem[] =>
      snapshots.trashed().filter(({ value }) => value.guest === guest).map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt })),
    screenshot(id: string): { base64: string } {
      const { screenshot } = room.record(id);
      if (screenshot === null) throw new DeclaredError('NOT_FOUND', { noun: 'screenshot of the snapshot', id });
      return { base64: blobs.read(screenshot).toString('base64') };
    },
    async verify(id: string, signal?: AbortSignal) {
      const { guest, disks: kept } = room.record(id);
      const release = disks.occupy(kept.map(({ disk }) => disk), 'digest', '');
      try {
        const compared: { disk: string; expected: string; found: string }[] = [];
        for (const { disk, layer } of kept) {
          const record = disks.room.record(disk);
          const expected = await digests.again(layer, record.name, signal);
          const { digest: found } = await contentDigest(disks.tools.qemuImg, disks.room.chain(record), disks.tools.files.temporary, signal);
          compared.push({ disk, expected, found });
        }
        refresh(guest);
        return { equal: compared.every(({ expected, found }) => expected === found), disks: compared };
      } finally {
        release();
      }
    },
    watch(guest: string, signal?: AbortSignal): AsyncGenerator<SnapshotTree> {
      guests.definition(guest);
      const feed = feeds.get(guest) ?? createFeed<SnapshotTree>({ newestOnly: true });
      feeds.set(guest, feed);
      const subscription = feed.subscribe(signal);
      refresh(guest);
      return subscription;
    },
    /** Layers that snapshots rest on, in the trash or not; null when a record cannot be read. */
    layers(): string[] | null {
      if (snapshots.invalid().length > 0) return null;
      return [...snapshots.all(), ...snapshots.trashed().map(({ value }) => value)].flatMap((record) => record.disks.map(({ layer }) => layer));
    },
    /**
     * To be called when guests are adopted and before disks recover: finishes or undoes what a dead lab had begun. What
     * takes longer goes on as a task when the answered function is called.
     */
    async recover(): Promise<() => void> {
      const begun = intents.all();
      for (const intent of begun) if (intent.kind === 'take') await settling.settle(intent);
      const unfinished: Extract<Intent, { kind: 'revert' }>[] = [];
      for (const intent of begun) {
        const left = intent.kind === 'revert' ? await reverter.settle(intent) : null;
        if (left !== null) unfinished.push(left);
      }
      forgetGuests();
      return () => {
        for (const intent of unfinished) begin(intent.guest, 'being taken back', 'Go back to a snapshot', (task) => reverter.finish(intent, task));
      };
    },
    async dispose(): Promise<void> {
      stopListening();
      // A machine that stands still for its snapshot is not left like that.
      await Promise.all(atWork);
      await digests.dispose();
      for (const feed of feeds.values()) feed.close();
    },
  };

  /** Snapshots of guests that are gone for good go to the trash: nobody sees them any more. */
  function forgetGuests(): void {
    const known = new Set([...guests.list().map(({ definition }) => definition.id), ...guests.trash().map(({ id }) => id)]);
    for (const { id, guest } of snapshots.all()) if (!known.has(guest)) snapshots.remove(id);
  }
}
