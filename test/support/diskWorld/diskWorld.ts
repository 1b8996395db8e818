import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { expect, vi } from 'vitest';
import type { Disk } from '../../../electron/contract/disks.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { SnapshotTree } from '../../../electron/contract/snapshots.ts';
import type { Task } from '../../../electron/contract/tasks.ts';
import { startLabProcess, type LabProcess } from '../labProcess.ts';
import { makeLabPlace, type LabPlace } from '../labPlace.ts';

const run = promisify(execFile);

export const DISK_BYTES = 8 * 1_048_576;
/** Long enough for a host that swaps. */
const LIMIT_MS = 60_000;

/**
 * A guest with one disk in a lab that is killed again and again, and a memory of what that lab acknowledged: the disk's
 * content, and the content at each snapshot.
 */
export interface DiskWorld {
  readonly place: LabPlace;
  /** The lab that lives now; one is started when none does. */
  lab(): Promise<LabProcess>;
  guest: string;
  disk: string;
  /** Makes a new disk and a new guest in the same lab: chains stay as short as people's are. The old ones stay too. */
  renew(): Promise<void>;
  /** Digest of the disk's content as it was last written, or taken back to. */
  content: string;
  /** Digest of the content at each snapshot that was told. */
  readonly kept: Map<string, string>;
  readonly exports: string;
  call<Result>(path: string, input?: unknown): Promise<Result>;
  /** Starts the guest and waits for its prompt. */
  boot(): Promise<Guest>;
  /** Sees that the guest runs: it does what is typed. */
  answers(): Promise<void>;
  powerOff(): Promise<void>;
  /** Writes something new to the stopped disk. */
  write(pattern: number): Promise<void>;
  /** Waits until a task is over, and answers it. */
  ended(task: string): Promise<Task>;
  /** Kills the lab and waits until it is gone. */
  killLab(): Promise<void>;
  /** Sees with a living lab that nothing was lost or left: see the file. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

export async function makeDiskWorld(): Promise<DiskWorld> {
  const place = makeLabPlace();
  const exports = join(place.path, 'exports');
  mkdirSync(exports);
  let living: Promise<LabProcess> | null = null;
  let made = 0;
  // The lab is started so often that compiling it each time would take longest.
  const environment = { NODE_COMPILE_CACHE: join(place.path, 'compiled') };
  const lab = (): Promise<LabProcess> => (living ??= startLabProcess({ ...place, environment }));
  const call = async <Result>(path: string, input?: unknown): Promise<Result> => (await (await lab()).call(path, input)) as Result;

  // So that starts are short, and it is not the proving of accelerators that is cut.
  await call('accelerators.list');

  const stateOf = async (): Promise<Guest['runtime']> => (await call<Guest>('guests.get', { id: world.guest })).runtime;
  const world: DiskWorld = {
    place,
    lab,
    call,
    exports,
    guest: '',
    disk: '',
    content: '',
    kept: new Map(),
    async renew() {
      made += 1;
      const disk = await call<Disk>('disks.create', { name: `Data ${made}`, bytes: DISK_BYTES });
      const { definition } = await call<Guest>('guests.createFromCatalog', { entry: 'builtin-i386' });
      await call('guests.update', { id: definition.id, change: { accelerator: 'tcg', disks: [{ disk: disk.id, bus: 'ide', readOnly: false }] } });
      world.guest = definition.id;
      world.disk = disk.id;
      world.content = (await call<{ digest: string }>('disks.digest', { id: disk.id })).digest;
      world.kept.clear();
    },
    async boot() {
      const guest = await call<Guest>('guests.start', { id: world.guest });
      const console = `guest/${world.guest}/serial0`;
      await vi.waitFor(async () => expect(await textOf(call, console)).toMatch(/petri# $/), { timeout: LIMIT_MS, interval: 30 });
      return guest;
    },
    async answers() {
      expect((await stateOf()).state).toBe('running');
      const console = `guest/${world.guest}/serial0`;
      await call('consoles.write', { id: console, base64: Buffer.from('calls 3\r').toString('base64') });
      await vi.waitFor(async () => expect(await textOf(call, console)).toMatch(/counts calls=3 [^]*petri# $/), { timeout: LIMIT_MS, interval: 30 });
    },
    async powerOff() {
      if ((await stateOf()).state !== 'stopped') await call('guests.kill', { id: world.guest });
    },
    async write(pattern) {
      const { path } = await call<Disk>('disks.get', { id: world.disk });
      const start = (pattern * 65_536) % (DISK_BYTES - 131_072);
      await run('qemu-io', ['-f', 'qcow2', '-c', `write -P ${pattern % 256} ${start} 100k`, path]);
      world.content = (await call<{ digest: string }>('disks.digest', { id: world.disk })).digest;
    },
    async ended(task) {
      for (;;) {
        const found = (await call<Task[]>('tasks.list')).find(({ id }) => id === task);
        if (found === undefined) throw new Error(`there is no task ${task}`);
        if (found.endedAt !== null) return found;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async killLab() {
      const killed = living;
      await (await killed)?.kill();
      living = null;
    },
    verify: () => verify(world),
    async close() {
      await call('system.shutdown', { guests: 'kill' }).catch(() => undefined);
      await (await living)?.kill();
      await place.close();
    },
  };
  await world.renew();
  return world;
}

async function textOf(call: DiskWorld['call'], console: string): Promise<string> {
  const { end } = await call<{ end: number }>('consoles.get', { id: console });
  const { base64 } = await call<{ base64: string }>('consoles.read', { id: console, from: Math.max(0, end - 2_000), bytes: 2_000 });
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** When each layer was written last that was found to be whole: one that nobody wrote to since still is. */
const whole = new Map<string, number>();

async function checkLayer(path: string): Promise<void> {
  const { mtimeMs } = statSync(path);
  if (whole.get(path) === mtimeMs) return;
  await run('qemu-img', ['check', '-q', path]);
  whole.set(path, mtimeMs);
}

/** Snapshots whose content was compared with what was there when they were taken. */
const verified = new Set<string>();

/**
 * What must be true whenever a lab lives: no task goes on for ever, no unfinished file is left, `qemu-img check` passes on
 * every layer, the disk has the content that was last acknowledged, and each snapshot has the content of its time.
 */
async function verify(world: DiskWorld): Promise<void> {
  const { call, place, guest, disk } = world;
  await vi.waitFor(async () => expect((await call<Task[]>('tasks.list')).filter(({ endedAt }) => endedAt === null)).toEqual([]), { timeout: LIMIT_MS, interval: 20 });
  await world.powerOff();
  const layers = join(place.dataDirectory, 'disks');
  expectRecordsOf(layers, join(place.dataDirectory, 'lab.sqlite'));
  for (const file of readdirSync(layers).filter((name) => name.endsWith('.qcow2'))) await checkLayer(join(layers, file));
  const tree = await call<SnapshotTree>('snapshots.tree', { guest });
  expect(tree.obstacles).toEqual([]);
  expect(tree.snapshots.map(({ id }) => id)).toEqual(expect.arrayContaining([...world.kept.keys()]));
  const { digest } = await call<{ digest: string }>('disks.digest', { id: disk });
  expect(digest).toBe(world.content);
  for (const { id, name } of tree.snapshots) {
    if (!world.kept.has(id)) world.kept.set(id, world.content);
    // What is read through a frozen layer is computed once, so asking again would prove nothing more.
    if (verified.has(id)) continue;
    const compared = await call<{ disks: { expected: string; found: string }[] }>('snapshots.verify', { id });
    expect(compared.disks, name).toEqual([{ disk, expected: world.kept.get(id), found: world.content }]);
    verified.add(id);
  }
  const names = readdirSync(place.dataDirectory, { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => name.endsWith('.partial'))).toEqual([]);
  expect(readdirSync(world.exports).filter((name) => name.endsWith('.partial'))).toEqual([]);
  const lab = await world.lab();
  expect(place.leaks.list().processes.filter((line) => !line.startsWith(`${lab.pid} `))).toEqual([]);
}

/** Each layer's file has its record, each record its file, and none is still being made. */
function expectRecordsOf(directory: string, database: string): void {
  const opened = new Database(database, { readonly: true });
  try {
    const rows = opened.prepare<[], { json: string }>("SELECT json FROM documents WHERE collection = 'layers'").all();
    const records = rows.map(({ json }) => JSON.parse(json) as { file: string; state: string });
    expect(records.filter(({ state }) => state !== 'whole')).toEqual([]);
    expect(readdirSync(directory).filter((name) => /\.(qcow2|raw)$/.test(name)).sort()).toEqual(records.map(({ file }) => file).sort());
  } finally {
    opened.close();
  }
}

export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export function removeIfThere(path: string): boolean {
  const wasThere = existsSync(path);
  rmSync(path, { force: true });
  return wasThere;
}
