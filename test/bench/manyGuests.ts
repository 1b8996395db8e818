// 20 idle guests at once: what they and the lab take of memory, and whether the last start is as quick as the first.
import { readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import type { Connection } from '../../electron/client/connectLab.ts';
import { inMilliseconds, printRows, ratioOf, sayProgress } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';

const GUESTS = 20;
const ROUNDS = 7;
const RATIO_LIMIT = 1.5;
const MEMORY_LIMIT_MB = 4_000;

/** Starts a guest and reads until its prompt; returns the milliseconds until the start was answered and until the prompt. */
async function start({ client, openConsole }: Connection, id: string): Promise<{ answeredMs: number; promptMs: number }> {
  const console = `guest/${id}/serial0`;
  const known = (await client.consoles.list()).find((state) => state.id === console);
  const began = performance.now();
  await client.guests.start({ id });
  const answeredMs = performance.now() - began;
  const stream = await openConsole(console, known?.end ?? 0);
  let text = '';
  for await (const { bytes } of stream) if ((text += Buffer.from(bytes).toString('latin1')).endsWith('petri# ')) break;
  stream.close();
  return { answeredMs, promptMs: performance.now() - began };
}

/** A process's share of the memory in MB: pages that several share are counted once in all (proc(5), smaps_rollup). */
function shareMB(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}

const lab = await startBundledLab();
try {
  const { connection } = lab;
  const { client, hello } = connection;
  const ids: string[] = [];
  for (let number = 1; number <= GUESTS; number += 1) ids.push((await client.guests.createFromCatalog({ entry: 'builtin-i386', name: `Guest ${number}` })).definition.id);
  const [first, last]: [number[], number[]] = [[], []];
  let memory = { lab: 0, guests: 0 };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const times: number[] = [];
    for (const id of ids) times.push((await start(connection, id)).promptMs);
    const running = (await client.guests.list()).flatMap(({ runtime }) => ('machine' in runtime ? [runtime.machine.pid] : []));
    memory = { lab: shareMB(hello.pid), guests: running.reduce((sum, pid) => sum + shareMB(pid), 0) };
    await Promise.all(ids.map((id) => client.guests.kill({ id })));
    if (running.length !== GUESTS) throw new Error(`${running.length} of ${GUESTS} guests ran`);
    if (round === 0) continue;
    first.push(times[0] ?? 0);
    last.push(times.at(-1) ?? 0);
    sayProgress(`20 guests ${round}/${ROUNDS}: first ${(times[0] ?? 0).toFixed(0)} ms, last ${(times.at(-1) ?? 0).toFixed(0)} ms`);
  }
  const ratio = ratioOf(last, first);
  const sum = memory.lab + memory.guests;
  printRows([
    { name: 'start of the 20th guest, to its prompt', ours: inMilliseconds(last), reference: inMilliseconds(first), ratio: ratio.text, target: `≤ ${RATIO_LIMIT}`, runs: ROUNDS, met: median(last) / median(first) <= RATIO_LIMIT },
    { name: '20 idle guests and the lab', ours: `${sum.toFixed(0)} MB (lab ${memory.lab.toFixed(0)} MB)`, reference: '', ratio: '', target: `< ${MEMORY_LIMIT_MB} MB`, runs: 1, met: sum < MEMORY_LIMIT_MB },
  ]);
} finally {
  await lab.close();
}
