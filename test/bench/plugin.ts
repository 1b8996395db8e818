// What the plugin costs a guest: boots of the built-in guest with work, to the end of that work, with and without it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginArguments, type PluginOptions } from '../../electron/host/instruments/plugin/pluginArguments.ts';
import { preparePlugin } from '../../electron/host/instruments/plugin/preparePlugin.ts';
import { findQemu } from '../../electron/host/qemu/findQemu.ts';
import { inMilliseconds, printRows, ratioOf, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';

const ROUNDS = 9;
const KERNEL = join(import.meta.dirname, '../../images/builtin/built/petri-i386.elf');
const SOURCES = join(import.meta.dirname, '../../resources/plugin');
/** Some system calls among much else, as in a boot, and then a sign of the end. */
const WORK = 'calls=3000 faults=1000 switches=1000 stride=64,3000000';
const END = 'stride bytes=';
const MODEL = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 }, l1Instruction: { sets: 64, ways: 8, lineBytes: 64 }, lastLevel: { sets: 8192, ways: 16, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 }, instructionTlb: { sets: 8, ways: 8 }, secondTlb: { sets: 128, ways: 12 },
} as const;
const CALLS = { vectors: [0x20, 0x21, 0x22, 0x23], messages: 'minix' } as const;

/** The ratios that were found to be possible for boots, with a tenth for noise. */
const CASES: readonly { readonly name: string; readonly limit: number; readonly options: Omit<PluginOptions, 'out'> }[] = [
  { name: 'instructions by block', limit: 1.2, options: { events: ['instructions'] } },
  { name: 'each instruction', limit: 1.6, options: { events: ['instructions'], exact: true } },
  { name: 'system calls with latency', limit: 1.4, options: { events: ['call', 'return'], ...CALLS } },
  { name: 'page faults', limit: 1.3, options: { events: ['fault'] } },
  { name: 'model of caches and TLBs', limit: 5.7, options: { events: ['model'], model: MODEL } },
  { name: 'model, one line in 16', limit: 2.7, options: { events: ['model'], model: MODEL, modelEvery: 16 } },
];

/** Milliseconds from the spawn to the end of the work. */
async function boot(program: string, extra: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(program, ['-M', 'pc', '-accel', 'tcg', '-m', '64', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-kernel', KERNEL, '-append', WORK, ...extra], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('close', resolve));
  let text = '';
  try {
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes(END)) return performance.now() - began;
    }
    throw new Error(`QEMU ended: ${text}`);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'petri-bench-'));
try {
  const qemu = await findQemu('i386');
  const { path } = await preparePlugin({ sourceDirectory: SOURCES, cacheDirectory: directory }, qemu);
  const bare: number[] = [];
  const times = new Map<string, number[]>(CASES.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const reference = await boot(qemu.program, []);
    if (round > 0) bare.push(reference); // The first round warms caches.
    for (const { name, options } of CASES) {
      const took = await boot(qemu.program, pluginArguments(path, { out: join(directory, 'trace'), ...options }));
      if (round > 0) times.get(name)?.push(took);
    }
    sayProgress(`plugin ${round}/${ROUNDS}`);
  }
  const rows = CASES.map(({ name, limit }): BenchmarkRow => {
    const ours = times.get(name) ?? [];
    const ratio = ratioOf(ours, bare);
    return { name: `plugin: ${name}`, ours: inMilliseconds(ours), reference: inMilliseconds(bare), ratio: ratio.text, target: `≤ ${limit}`, runs: ROUNDS, met: ratio.value <= limit };
  });
  printRows(rows);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
