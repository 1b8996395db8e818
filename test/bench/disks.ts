// Snapshots, reverts and clones against QEMU's own, and what layers cost: raw against qcow2, and a disk of many layers.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { median } from 'simple-statistics';
import type { LabClient } from '../../electron/contract/contract.ts';
import { startBareMonitor } from '../support/bareMonitor.ts';
import { inMilliseconds, printRows, ratioOf, sayProgress } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';
import { MIB, taskDone } from '../support/diskTools.ts';

const ROUNDS = 10;
const FILL_MIB = 32;
const LIMIT_MS = 2_000;

async function timed(act: () => unknown): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}
/** Times of ours and of the reference, one after the other; the first round warms caches on both sides. */
interface Pair {
  readonly ours: number[];
  readonly reference: number[];
}
const newPair = (): Pair => ({ ours: [], reference: [] });
function note(pair: Pair, round: number, ours: number, reference: number): void {
  if (round === 0) return;
  pair.ours.push(ours);
  pair.reference.push(reference);
}
const gone = (program: string, ...args: string[]): void => void execFileSync(program, args, { stdio: 'pipe' });

/** Starts a guest and waits for its prompt. */
async function boot(client: LabClient, guest: string): Promise<void> {
  await client.guests.start({ id: guest });
  const id = `guest/${guest}/serial0`;
  for (;;) {
    const { end } = await client.consoles.get({ id });
    const { base64 } = await client.consoles.read({ id, from: Math.max(0, end - 20), bytes: 20 });
    if (Buffer.from(base64, 'base64').toString().endsWith('petri# ')) return;
    await wait(20);
  }
}

/** MiB in a second that qemu-img's own benchmark writes to an image. */
function writeSpeed(path: string, format: string): number {
  const requests = 2_000;
  const said = execFileSync('qemu-img', ['bench', '-w', '-f', format, '-c', String(requests), '-s', '65536', '-S', '65536', '-t', 'writeback', '--flush-interval=500', path], { encoding: 'utf8' });
  const seconds = Number(/Run completed in ([\d.]+) seconds/.exec(said)?.[1]);
  return (requests * 65_536) / MIB / seconds;
}

const folder = mkdtempSync(join(tmpdir(), 'petri-'));
const lab = await startBundledLab();
try {
  const { client } = lab.connection;
  const { id: guest } = (await client.guests.createFromCatalog({ entry: 'builtin-i386' })).definition;
  const disk = await client.disks.create({ name: 'Bench', bytes: 256 * MIB });
  gone('qemu-io', '-f', 'qcow2', '-c', `write -P 5 0 ${FILL_MIB}M`, disk.path);
  await client.guests.update({ id: guest, change: { accelerator: 'tcg', disks: [{ disk: disk.id, bus: 'ide', readOnly: false }] } });
  const image = join(folder, 'bare.qcow2');
  gone('qemu-img', 'convert', '-O', 'qcow2', disk.path, image);
  const { argv } = await client.guests.command({ id: guest });

  const take = async (): Promise<string> => {
    const started = await client.snapshots.take({ guest, name: 'bench' });
    await taskDone(client, started);
    return started.snapshot;
  };
  const stopped = newPair();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await timed(take);
    const reference = await timed(() => gone('qemu-img', 'snapshot', '-c', `s${round}`, image));
    note(stopped, round, ours, reference);
  }
  sayProgress('snapshots of a stopped guest');

  const clones = newPair();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await timed(async () => taskDone(client, await client.disks.clone({ id: disk.id, name: `Clone ${round}`, kind: 'linked' })));
    const overlay = join(folder, `clone${round}.qcow2`);
    const reference = await timed(() => gone('qemu-img', 'create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', overlay));
    note(clones, round, ours, reference);
  }
  sayProgress('linked clones');

  await boot(client, guest);
  const bare = await startBareMonitor(argv, folder, image);
  const [saves, loads] = [newPair(), newPair()];
  for (let round = 0; round <= ROUNDS; round += 1) {
    let snapshot = '';
    const saved = await timed(async () => (snapshot = await take()));
    const savedBare = await timed(() => bare.human(`savevm live${round}`));
    const loaded = await timed(async () => taskDone(client, await client.snapshots.revert({ id: snapshot })));
    const loadedBare = await timed(() => bare.human(`loadvm live${round}`));
    note(saves, round, saved, savedBare);
    note(loads, round, loaded, loadedBare);
    sayProgress(`snapshot and revert of a running guest ${round}/${ROUNDS}`);
  }
  await bare.close();
  await client.guests.kill({ id: guest });

  const speeds = { raw: [] as number[], qcow2: [] as number[], layered: [] as number[] };
  const raw = join(folder, 'speed.raw');
  const layered = (await client.disks.get({ id: disk.id })).path;
  gone('qemu-img', 'create', '-q', '-f', 'raw', raw, '256M');
  for (let round = 0; round <= 5; round += 1) {
    gone('qemu-img', 'create', '-q', '-f', 'qcow2', join(folder, 'speed.qcow2'), '256M');
    const [ofRaw, ofQcow2, ofLayers] = [writeSpeed(raw, 'raw'), writeSpeed(join(folder, 'speed.qcow2'), 'qcow2'), writeSpeed(layered, 'qcow2')];
    if (round === 0) continue;
    speeds.raw.push(ofRaw);
    speeds.qcow2.push(ofQcow2);
    speeds.layered.push(ofLayers);
  }
  sayProgress('throughput');

  const row = (name: string, { ours, reference }: Pair, limitMs: number) => {
    const met = median([...ours]) <= limitMs;
    return { name, ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: ratioOf(ours, reference).text, target: `≤ ${limitMs} ms`, runs: ours.length, met };
  };
  const middle = (values: readonly number[]): string => `${median([...values]).toFixed(0)} MiB/s`;
  const layers = (await client.snapshots.tree({ guest })).snapshots.length;
  printRows([
    row('snapshot, stopped, against qemu-img snapshot', stopped, 1_000),
    row('linked clone, against qemu-img create -b', clones, LIMIT_MS),
    row('snapshot, running 64 MiB, against savevm', saves, 1_000),
    row('revert with safety snapshot, against loadvm', loads, LIMIT_MS),
    { name: 'writing a new qcow2, against raw', ours: middle(speeds.qcow2), reference: middle(speeds.raw), ratio: ratioOf(speeds.qcow2, speeds.raw).text, target: '', runs: speeds.raw.length, met: true },
    { name: `writing what is allocated, on ${layers} snapshots, against raw`, ours: middle(speeds.layered), reference: middle(speeds.raw), ratio: ratioOf(speeds.layered, speeds.raw).text, target: '', runs: speeds.raw.length, met: true },
  ]);
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}
