import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { pluginArguments } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { followTraceFile } from '../../../electron/host/instruments/plugin/traceFile.ts';
import { connectWhenReady } from '../../../electron/host/qemu/connectWhenReady.ts';
import { openQmp } from '../../../electron/host/qemu/qmp.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { builtArchitecture, builtKernel, canRun, describeMachine, type GuestMachine, hasProgram, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { bootWatched, builtFor, CONVENTION, ofKind, pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('instructions');
const places = pluginPlaces();
const MACHINES: readonly GuestMachine[] = [{ architecture: 'i386' }, { architecture: 'arm' }];
/** Instructions of one turn of `stride_walk`, as the committed guests were compiled: ARM needs three to form the address. */
const TURN = { i386: 5, arm: 7 } as const;
const LOAD = { load_begin: 'begin', load_end: 'stop' } as const;
const LOGICAL = ['-icount', 'shift=0,sleep=off', '-rtc', 'base=2024-01-01,clock=vm'];

interface Distance {
  readonly instructions: number;
  readonly events: readonly TraceEvent[];
}

/** For each load how many instructions lie between its first and its last one. */
function distancesOf(events: readonly TraceEvent[]): Distance[] {
  const distances: Distance[] = [];
  let begun: { readonly at: number; readonly instructions: number } | null = null;
  for (const [at, event] of events.entries()) {
    if (event.kind !== 'symbol') continue;
    if (event.symbol === 'load_begin') begun = { at, instructions: event.instructions ?? NaN };
    else if (begun !== null) distances.push({ instructions: (event.instructions ?? NaN) - begun.instructions, events: events.slice(begun.at, at) });
  }
  return distances;
}

/**
 * The events of three loads, with their instructions. The guest prints into a file: a reader who lags behind makes a pipe full, and then
 * the guest waits for its serial port, for as long as the host pleases.
 */
async function logicalBoot(machine: GuestMachine, append: string): Promise<string[]> {
  const directory = scratch();
  const [trace, symbols] = [join(directory, 'trace'), join(directory, 'symbols')];
  const addresses = readSymbols(readFileSync(builtKernel(machine)));
  writeFileSync(symbols, Object.entries(LOAD).map(([name, mode]) => `${(addresses.get(name) ?? NaN).toString(16)} ${name} ${mode}\n`).join(''));
  const options = { out: trace, symbols, events: ['symbol', 'call', 'fault', 'space', 'instructions'], exact: true, window: 'closed', ...CONVENTION } as const;
  const plugin = pluginArguments(await builtFor(places, machine), options);
  const monitor = join(directory, 'qmp');
  const guest = startGuest({ ...machine, append, serial: false, extra: [...LOGICAL, ...plugin, '-serial', `file:${join(directory, 'serial')}`, '-qmp', `unix:${monitor},server=on,wait=off`] });
  const qmp = await openQmp(await connectWhenReady(monitor, AbortSignal.timeout(10_000)), 10_000);
  const over = Promise.withResolvers<undefined>();
  const seen: string[] = [];
  for await (const event of followTraceFile(trace, over.promise)) {
    seen.push(`${event.kind} ${String(event.instructions)}`);
    if (event.kind === 'symbol' && event.symbol === 'load_end' && event.hits === 3) over.resolve(undefined);
  }
  qmp.close();
  await guest.kill();
  return seen;
}

for (const machine of MACHINES) {
  describe.skipIf(!canRun(machine) || !hasProgram('cc'))(`on ${describeMachine(machine)}`, () => {
    test.each([true, false])('the distance between two symbols grows by a turn’s instructions with each turn (exact: %s)', async (exact) => {
      const guest = await bootWatched(await builtFor(places, machine), machine, { events: ['symbol', 'instructions', 'interrupt'], exact, window: 'closed' }, LOAD);
      const turns = Array.from({ length: 4 }, () => draw(100, 20_000));
      for (const amount of turns) await guest.run(`stride 64 ${amount}`);
      const distances = distancesOf((await guest.finish()).events);
      // A tick in the middle adds the kernel's instructions.
      const quiet = distances.map(({ instructions, events }, at) => ({ instructions, turns: turns[at] as number, ticks: ofKind(events, 'interrupt').length })).filter(({ ticks }) => ticks === 0);
      expect(quiet.length).toBeGreaterThanOrEqual(2);
      const [first, ...others] = quiet as [(typeof quiet)[0], ...typeof quiet];
      for (const other of others) expect(other.instructions - first.instructions).toBe(TURN[builtArchitecture(machine)] * (other.turns - first.turns));
    });

    test('in logical time two boots have the same events at the same instructions', async () => {
      const append = `calls=${draw(100, 300)} faults=${draw(100, 300)} switches=${draw(100, 300)}`;
      const boot = () => logicalBoot(machine, append);
      const first = await boot();
      expect(first.length).toBeGreaterThan(400);
      expect(await boot()).toEqual(first);
    });

    test('across page faults it is what the emulator’s log shows one instruction at a time', async () => {
      const directory = scratch();
      const [log, monitor] = [join(directory, 'log'), join(directory, 'qmp')];
      const extra = ['-D', log, '-qmp', `unix:${monitor},server=on,wait=off`];
      const guest = await bootWatched(await builtFor(places, machine), { ...machine, extra }, { events: ['symbol', 'fault', 'instructions'], exact: true, window: 'closed' }, LOAD);
      const qmp = await openQmp(await connectWhenReady(monitor, AbortSignal.timeout(10_000)), 10_000);
      for (const line of ['singlestep on', 'log exec,nochain']) await qmp.execute('human-monitor-command', { 'command-line': line });
      const faults = draw(20, 60);
      expect(onlyCounts(await guest.run(`faults ${faults}`)).faults).toBe(faults);
      for (const line of ['log none', 'singlestep off']) await qmp.execute('human-monitor-command', { 'command-line': line });
      qmp.close();
      const [distance] = distancesOf((await guest.finish()).events);
      expect(distance?.instructions).toBe(steppedDistance(readFileSync(log, 'latin1'), machine) - faults);
    });
  });
}

/** How many instructions QEMU began between the two symbols; it logs a step before it, and says when it did not take it. */
function steppedDistance(log: string, machine: GuestMachine): number {
  const symbols = readSymbols(readFileSync(builtKernel(machine)));
  const [from, to] = [symbols.get('load_begin'), symbols.get('load_end')];
  let steps: number | null = null;
  for (const line of log.split('\n')) {
    const stopped = line.startsWith('Stopped execution of TB chain before');
    const match = /^(?:Trace \d+: 0x[0-9a-f]+|Stopped execution of TB chain before 0x[0-9a-f]+) \[[0-9a-f]+\/([0-9a-f]+)\//.exec(line);
    if (match === null && !stopped) continue;
    const address = Number.parseInt(match?.[1] ?? '0', 16);
    if (!stopped && address === to && steps !== null) return steps;
    if (!stopped && address === from) steps = 0;
    if (steps !== null) steps += stopped ? -1 : 1;
  }
  throw new Error(`the log does not show the load: ${log.slice(-2000)}`);
}
