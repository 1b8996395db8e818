// What a serial console carries: all that an emulated UART gives, and 5 MB/s from a feeder, from the machine through
// the lab and its raw channel to a viewer. A byte that is lost, doubled or out of place is counted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import type { Connection } from '../../electron/client/connectLab.ts';
import { bareCommand } from '../support/bareQemu.ts';
import { printRows, ratioOf, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';
import { numberedLines } from '../support/feeder/numberedLines.ts';
import { installStandIn } from '../support/standInQemu.ts';

const FLOODS = 3;
const FLOOD_BYTES = 1_000_000;
const FED_BYTES = 25_000_000;
const RATE = 5_000_000;
/** How many flood at once, and how much each of them gives. */
const MANY = 10;
const MANY_BYTES = 5_000_000;
/** A wire's rate is met when no more than this is missing at its end, which is the last turn of the feeder. */
const KEPT_UP = 0.98;

const inMegabytes = (rate: number): string => `${(rate / 1e6).toFixed(2)} MB/s`;

interface Flood {
  readonly bytesPerSecond: number;
  readonly text: string;
}

/** What the guest printed for `flood N`, between the typed command and the closing line. */
function floodIn(text: string): string {
  const match = /flood \d+\r\n([\s\S]*?)(?:\r\n)?flood bytes=\d+/.exec(text);
  return match?.[1] ?? '';
}

/** Reads until the prompt after the flood; its time runs from the first byte after the command. */
function createFloodReader() {
  const chunks: string[] = [];
  let [tail, began] = ['', 0];
  return {
    take(chunk: string): Flood | null {
      if (began === 0) began = performance.now();
      chunks.push(chunk);
      // QEMU may give one byte at a time: only the end is looked at until it is the prompt.
      tail = (tail + chunk).slice(-16);
      if (!tail.endsWith('petri# ')) return null;
      const text = floodIn(chunks.join(''));
      return { text, bytesPerSecond: text.length / ((performance.now() - began) / 1_000) };
    },
  };
}

const command = `flood ${FLOOD_BYTES}\r`;

async function floodThroughLab({ client, openConsole }: Connection, guest: string): Promise<Flood> {
  const id = `guest/${guest}/serial0`;
  const from = (await client.consoles.list()).find((console) => console.id === id)?.end ?? 0;
  await client.guests.start({ id: guest });
  const stream = await openConsole(id, from);
  const reader = createFloodReader();
  let boot = '';
  try {
    for await (const { bytes } of stream) {
      const chunk = Buffer.from(bytes).toString('latin1');
      const wasBooting = !boot.endsWith('petri# ');
      if (wasBooting) boot += chunk;
      if (wasBooting && boot.endsWith('petri# ')) stream.write(Buffer.from(command));
      const flood = wasBooting ? null : reader.take(chunk);
      if (flood !== null) return flood;
    }
    throw new Error('the console ended');
  } finally {
    stream.close();
    await client.guests.kill({ id: guest });
  }
}

async function floodBare(argv: readonly string[]): Promise<Flood> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = once(child, 'exit');
  const reader = createFloodReader();
  let boot = '';
  try {
    for await (const bytes of child.stdout) {
      const chunk = (bytes as Buffer).toString('latin1');
      const wasBooting = !boot.endsWith('petri# ');
      if (wasBooting) boot += chunk;
      if (wasBooting && boot.endsWith('petri# ')) child.stdin.write(command);
      const flood = wasBooting ? null : reader.take(chunk);
      if (flood !== null) return flood;
    }
    throw new Error('QEMU ended');
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

async function measureUart(): Promise<BenchmarkRow> {
  const lab = await startBundledLab();
  try {
    const { client } = lab.connection;
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    const bare = bareCommand((await client.guests.command({ id: definition.id })).argv);
    const [ours, reference]: [number[], number[]] = [[], []];
    let whole = 0;
    for (let round = 0; round < FLOODS; round += 1) {
      const through = await floodThroughLab(lab.connection, definition.id);
      const direct = await floodBare(bare);
      // The guest prints the same pattern each time, so a lost or changed byte is a difference.
      if (through.text === direct.text && through.text.length >= FLOOD_BYTES) whole += 1;
      ours.push(through.bytesPerSecond);
      reference.push(direct.bytesPerSecond);
      sayProgress(`flood ${round + 1}/${FLOODS}`);
    }
    return {
      name: `serial port to viewer, ${whole} of ${FLOODS} floods whole`,
      ours: inMegabytes(median(ours)),
      reference: inMegabytes(median(reference)),
      ratio: ratioOf(ours, reference).text,
      target: 'no byte lost',
      runs: FLOODS,
      met: whole === FLOODS,
    };
  } finally {
    await lab.close();
  }
}

/** Reads a feeder's console to its end and says how fast it came and how many bytes were not as they were sent. */
async function readFeed({ client, openConsole }: Connection, guest: string, wanted = FED_BYTES): Promise<{ rate: number; wrong: number }> {
  await client.guests.start({ id: guest });
  const stream = await openConsole(`guest/${guest}/serial0`, 0);
  let [received, wrong, began] = [0, 0, 0];
  for await (const { offset, bytes } of stream) {
    if (began === 0) began = performance.now();
    const sent = numberedLines(received, received + bytes.length);
    if (offset !== received || !sent.equals(bytes)) wrong += bytes.length;
    received += bytes.length;
    if (received >= wanted) break;
  }
  stream.close();
  await client.guests.kill({ id: guest });
  return { rate: received / ((performance.now() - began) / 1_000), wrong };
}

/** Ten guests that flood at once, against one: what all of them get together, and every byte of each. */
async function measureMany(connection: Connection): Promise<BenchmarkRow> {
  const { client } = connection;
  const floods = async (count: number): Promise<{ rate: number; wrong: number }> => {
    const guests = await Promise.all(Array.from({ length: count }, async () => {
      const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
      await client.guests.update({ id: definition.id, change: { accelerator: 'tcg', boot: { ...definition.boot, arguments: `feed=${MANY_BYTES} rate=0` } } });
      return definition.id;
    }));
    const began = performance.now();
    const read = await Promise.all(guests.map((guest) => readFeed(connection, guest, MANY_BYTES)));
    return { rate: (count * MANY_BYTES) / ((performance.now() - began) / 1_000), wrong: read.reduce((sum, { wrong }) => sum + wrong, 0) };
  };
  const one = await floods(1);
  const many = await floods(MANY);
  sayProgress(`${MANY} guests at once`);
  return {
    name: `${MANY} guests that flood at once, together`,
    ours: inMegabytes(many.rate),
    reference: `${inMegabytes(one.rate)} for one`,
    ratio: (many.rate / one.rate).toFixed(3),
    target: 'no byte lost',
    runs: 1,
    met: one.wrong + many.wrong === 0,
  };
}

async function measureFeeder(): Promise<BenchmarkRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petri-'));
  const program = join(import.meta.dirname, '../support/feeder/main.ts');
  process.env['PETRI_QEMU_PATH'] = installStandIn(folder, { run: `exec "${process.execPath}" "${program}" "$@"` });
  const lab = await startBundledLab();
  try {
    const { client } = lab.connection;
    const rows: BenchmarkRow[] = [];
    for (const [name, rate] of [['5 MB/s from a feeder to a viewer', RATE], ['a feeder without limit to a viewer', 0]] as const) {
      const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
      await client.guests.update({ id: definition.id, change: { accelerator: 'tcg', boot: { ...definition.boot, arguments: `feed=${FED_BYTES} rate=${rate}` } } });
      const read = await readFeed(lab.connection, definition.id);
      const least = RATE * (rate === 0 ? 1 : KEPT_UP);
      rows.push({
        name,
        ours: inMegabytes(read.rate),
        reference: rate === 0 ? '' : inMegabytes(rate),
        ratio: rate === 0 ? '' : (read.rate / rate).toFixed(3),
        target: `no byte lost, ≥ ${inMegabytes(least)}`,
        runs: 1,
        met: read.wrong === 0 && read.rate >= least,
      });
      sayProgress(name);
    }
    rows.push(await measureMany(lab.connection));
    return rows;
  } finally {
    await lab.close();
    delete process.env['PETRI_QEMU_PATH'];
    rmSync(folder, { recursive: true, force: true });
  }
}

printRows([await measureUart(), ...(await measureFeeder())]);
