// From `launch` in a running lab to the first serial byte at a viewer, against bare QEMU; and the lab's memory.
import { readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import type { Connection } from '../../electron/client/connectLab.ts';
import { bareCommand, bootBare } from '../support/bareQemu.ts';
import { inMilliseconds, printRows, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';

const ROUNDS = 15;
const LIMIT_MS = 30;
const MEMORY_LIMIT_MB = 150;

/** Launches once and reads until `enough`; returns the milliseconds until the first byte. */
async function launch({ client, openConsole }: Connection, id: string, enough: (text: string) => boolean): Promise<number> {
  const console = `guest/${id}/serial0`;
  const known = (await client.consoles.list()).find((state) => state.id === console);
  const began = performance.now();
  await client.guests.start({ id });
  const stream = await openConsole(console, known?.end ?? 0);
  let [text, firstByteMs] = ['', 0];
  for await (const { bytes } of stream) {
    if (text === '') firstByteMs = performance.now() - began;
    text += Buffer.from(bytes).toString('latin1');
    if (enough(text)) break;
  }
  stream.close();
  return firstByteMs;
}

/** The resident set of a process in MB, as proc(5) gives it. */
function residentMB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}

/** A guest with a disk of the lab and a network with a forward. */
async function equippedGuest({ client }: Connection): Promise<string> {
  const disk = await client.disks.create({ name: 'Disk', bytes: 64 * 1024 * 1024 });
  const { id } = (await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Equipped' })).definition;
  const forwards = [{ name: 'ssh', guestPort: 22, hostPort: null }];
  await client.guests.update({ id, change: { disks: [{ disk: disk.id, bus: 'ide', readOnly: false }], network: { kind: 'user', card: 'e1000', outbound: 'open', forwards } } });
  // The first start chooses the port and remembers it.
  await client.guests.start({ id });
  await client.guests.kill({ id });
  return id;
}

/** Launches and bare boots in turn. */
async function compare(connection: Connection, id: string, name: string): Promise<BenchmarkRow> {
  const { client } = connection;
  const bare = bareCommand((await client.guests.command({ id })).argv);
  const [ours, reference]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const petri = await launch(connection, id, () => true);
    await client.guests.kill({ id });
    const { firstByteMs } = await bootBare(bare);
    if (round === 0) continue;
    ours.push(petri);
    reference.push(firstByteMs);
    sayProgress(`${name} ${round}/${ROUNDS}`);
  }
  const moreMs = median(ours) - median(reference);
  return { name: `${name} to first byte`, ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: `${moreMs >= 0 ? '+' : '−'}${Math.abs(moreMs).toFixed(1)} ms`, target: `≤ +${LIMIT_MS} ms`, runs: ROUNDS, met: moreMs <= LIMIT_MS };
}

const lab = await startBundledLab();
try {
  const { connection } = lab;
  const { client, hello } = connection;
  const { id } = (await client.guests.createFromCatalog({ entry: 'builtin-i386' })).definition;
  const plain = await compare(connection, id, 'launch');
  const equipped = await compare(connection, await equippedGuest(connection), 'launch with a disk and a network');
  await launch(connection, id, (text) => text.endsWith('petri# '));
  const memory = residentMB(hello.pid);
  printRows([
    plain,
    equipped,
    { name: 'lab with one idle guest', ours: `${memory.toFixed(0)} MB`, reference: '', ratio: '', target: `< ${MEMORY_LIMIT_MB} MB`, runs: 1, met: memory < MEMORY_LIMIT_MB },
  ]);
} finally {
  await lab.close();
}
