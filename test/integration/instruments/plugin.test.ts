import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallEvent, TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { type GuestCounts, onlyCounts } from '../../support/guestCounts.ts';
import { BUILTIN, builtArchitecture, canRun, describeMachine, type GuestMachine, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { bootWatched, builtFor, ofKind, pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('the plugin against the guest');
const places = pluginPlaces();
const LOAD = { load_begin: 'begin', snapshot_take: 'every', load_end: 'stop' } as const;
const KERNEL = ['call', 'return', 'fault', 'space', 'interrupt', 'symbol', 'instructions'] as const;
const hasCompiler = hasProgram('cc');

const MACHINES: readonly GuestMachine[] = [
  { architecture: 'i386' },
  { architecture: 'i386', cpu: 'pentium' },
  { architecture: 'x86_64', board: 'q35', cpu: 'max' },
  { architecture: 'arm' },
  { architecture: 'arm', cpu: 'max' },
];

/** For each load what happened between its two readings of the guest's counters. */
function loadsOf(events: readonly TraceEvent[]): TraceEvent[][] {
  const loads: TraceEvent[][] = [];
  let readings = 0;
  for (const event of events) {
    if (event.kind === 'symbol' && event.symbol === 'load_begin') readings = 0;
    if (event.kind === 'symbol' && event.symbol === 'snapshot_take') readings += 1;
    if (event.kind === 'symbol' && event.symbol === 'snapshot_take' && readings === 1) loads.push([]);
    if (readings === 1) loads.at(-1)?.push(event);
  }
  return loads;
}

function entriesOf(calls: readonly CallEvent[]): Record<string, number> {
  const entries: Record<string, number> = {};
  for (const { entry } of calls) {
    const name = entry.kind === 'int' ? `int${entry.vector.toString(16)}` : entry.kind;
    entries[name] = (entries[name] ?? 0) + 1;
  }
  return entries;
}

const withoutZeroes = (entries: Readonly<Record<string, number>>): Record<string, number> => Object.fromEntries(Object.entries(entries).filter(([, count]) => count > 0));

function expectSame(events: readonly TraceEvent[], counts: GuestCounts): void {
  expect(entriesOf(ofKind(events, 'call'))).toEqual(withoutZeroes(counts.entries));
  expect(ofKind(events, 'fault')).toHaveLength(counts.faults);
  expect(ofKind(events, 'space')).toHaveLength(counts.switches);
}

for (const machine of MACHINES) {
  describe.skipIf(!canRun(machine) || !hasCompiler)(`on ${describeMachine(machine)}`, () => {
    test('calls by every entry, page faults and loads of the address space are exactly those that the guest counted', async () => {
      const guest = await bootWatched(await builtFor(places, machine), machine, { events: KERNEL, window: 'closed' }, LOAD);
      const counts: GuestCounts[] = [];
      for (const command of ['calls', 'faults', 'switches', 'ipc']) counts.push(onlyCounts(await guest.run(`${command} ${draw(300, 2000)}`)));
      const { events, decoder } = await guest.finish();
      const loads = loadsOf(events);
      expect(loads).toHaveLength(4);
      for (const [at, load] of loads.entries()) expectSame(load, counts[at] as GuestCounts);
      expect(decoder.isWhole()).toBe(true);

      const [calls, faults, switches] = loads as [TraceEvent[], TraceEvent[], TraceEvent[]];
      // Every call of this load is a kernel call or an IPC with SYS_TIMES in its message, and returns to where it was made.
      const made = ofKind(calls, 'call');
      for (const { message } of made) expect(new DataView(message?.buffer as ArrayBuffer).getInt32(4, true) & 0xff00).toBe(0x600);
      expect(ofKind(calls, 'return')).toHaveLength(made.length);
      expect(new Set(made.map(({ context }) => `${context.space} ${context.thread}`)).size).toBe(1);
      // The arena's pages one after the other, each written from user mode and absent.
      const addresses = ofKind(faults, 'fault').map(({ address }) => Number(address));
      for (const fault of ofKind(faults, 'fault')) expect(fault).toMatchObject({ user: true, write: true, protection: false, execute: false });
      expectFaultsToEnd(faults);
      for (const [at, address] of addresses.entries()) if (at > 0 && address > (addresses[at - 1] as number)) expect(address - (addresses[at - 1] as number)).toBe(4096);
      expect(new Set(addresses).size).toBe(Math.min(256, addresses.length));
      // Two processes take turns.
      const spaces = ofKind(switches, 'space').map(({ space }) => space);
      expect(new Set(spaces).size).toBe(2);
      for (const [at, space] of spaces.entries()) if (at > 0) expect(space).not.toBe(spaces[at - 1]);
    });
  });
}

const MUTANTS = [
  { define: 'MUTANT_DROP_CALL', command: 'calls', counter: 'calls', kind: 'call' },
  { define: 'MUTANT_DROP_FAULT', command: 'faults', counter: 'faults', kind: 'fault' },
  { define: 'MUTANT_DROP_SWITCH', command: 'switches', counter: 'switches', kind: 'space' },
] as const;

const COMPILERS = { i386: 'gcc', arm: 'arm-none-eabi-gcc' } as const;
for (const machine of [{ architecture: 'i386' }, { architecture: 'arm' }] as const) {
  const canBuild = hasProgram(COMPILERS[machine.architecture]) && hasCompiler && canRun(machine);
  test.skipIf(!canBuild).each(MUTANTS)(`a guest on ${machine.architecture} that drops one of its $counter is seen to count wrong`, async ({ define, command, counter, kind }) => {
    const directory = scratch();
    const architecture = builtArchitecture(machine);
    execFileSync(join(BUILTIN, 'build.sh'), [directory, `-D${define}`], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
    const kernel = join(directory, `petri-${architecture}.elf`);
    const guest = await bootWatched(await builtFor(places, machine), { ...machine, kernel }, { events: KERNEL, window: 'closed' }, LOAD);
    const amount = draw(2000, 3000);
    const counts = onlyCounts(await guest.run(`${command} ${amount}`));
    const [load = []] = loadsOf((await guest.finish()).events);
    expect(ofKind(load, kind)).toHaveLength(amount);
    expect(counts[counter]).toBe(amount - 1);
  });
}

/** Each fault ends where it began, and what the program does between two of them is always the same few instructions. */
function expectFaultsToEnd(events: readonly TraceEvent[]): void {
  const [faults, resumes] = [ofKind(events, 'fault'), ofKind(events, 'resume')];
  expect(resumes.map(({ address, instruction }) => [address, instruction])).toEqual(faults.map(({ address, instruction }) => [address, instruction]));
  for (const [at, resume] of resumes.entries()) expect((resume.instructions ?? 0) - (resume.latencyInstructions ?? 0)).toBe(faults[at]?.instructions);
  for (const [at, resume] of resumes.entries()) expect(resume.atNs - resume.latencyNs).toBe(faults[at]?.atNs);
  const between = faults.slice(1).map(({ instructions }, at) => (instructions ?? 0) - (resumes[at]?.instructions ?? 0));
  const usual = between.toSorted((one, other) => one - other)[Math.floor(between.length / 2)] ?? 0;
  expect(usual).toBeLessThan(100);
  // A tick of the timer may come between.
  expect(between.filter((instructions) => instructions === usual).length).toBeGreaterThan(between.length * 0.9);
}

