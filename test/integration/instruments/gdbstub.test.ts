import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BootToWatch } from '../../../electron/core/instruments/eventInstrument.ts';
import { gdbstub, MOST_PROBES, type ArmedProbes } from '../../../electron/host/instruments/gdbstub/gdbstub.ts';
import type { SymbolEvent } from '../../../electron/core/traces/traceEvent.ts';
import { declared } from '../../support/declared.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { planOf, watchMachine } from '../../support/watchedMachine.ts';

const draw = drawNumbers('symbols through the debugger port');
const arm = (boot: BootToWatch): Promise<ArmedProbes> => gdbstub.arm(boot) as Promise<ArmedProbes>;
const phases = ['pre_init_work', 'options_work', 'cstart_work', 'process_init_work', 'memory_init_work', 'system_init_work', 'scheduler_ready_work', 'shell_prompt_work'];
const namesOf = (events: Iterable<SymbolEvent>): string[] => [...events].map(({ symbol }) => symbol);

describe.each(['i386', 'arm'] as const)('the debugger port of the built-in guest (%s)', (architecture) => {
  it.runIf(canRun({ architecture }))('stamps each phase at its symbol, in order, and lets the guest go on', async () => {
    const watched = await watchMachine({ architecture, arm, symbols: phases });
    await watched.armed.begin();
    await watched.machine.go();
    await watched.prompt();
    const totals = await watched.armed.end();
    const events = [...(watched.armed.events() as SymbolEvent[])];
    expect(namesOf(events)).toEqual(phases);
    expect(events.map(({ atNs }) => atNs)).toEqual(events.map(({ atNs }) => atNs).sort((one, other) => one - other));
    expect(events.every(({ atNs, hits, instructions, vcpu }) => atNs > 0 && hits === 1 && instructions === null && vcpu === 0)).toBe(true);
    expect(watched.armed.resolutionNs()).toBeGreaterThan(1_000);
    expect(totals.instructions).toBeNull();
    const calls = draw(10, 100);
    expect(onlyCounts(await watched.run(`calls ${calls}`)).calls).toBe(calls);
  });
});

describe.runIf(canRun({ architecture: 'i386' }))('the debugger port', () => {
  it('is asked for a window after the last phase while the guest runs, with several probes and each hit of one', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: ['load_begin', 'load_end'], plan: { window: { from: 'lastPhase', durationSeconds: null } } });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    const calls = draw(10, 100);
    expect(onlyCounts(await watched.run(`calls ${calls}`)).calls).toBe(calls);
    await watched.run(`calls ${calls}`);
    await watched.armed.end();
    expect(namesOf(watched.armed.events() as SymbolEvent[])).toEqual(['load_begin', 'load_end']);
    expect(onlyCounts(await watched.run(`calls ${calls}`)).calls).toBe(calls);
  });

  it('counts the hits of a symbol that is wanted each time, and lets it alone after two hundred', async () => {
    const everyTime = (boot: BootToWatch): Promise<ArmedProbes> => arm({ ...boot, symbols: boot.symbols.map((symbol) => ({ ...symbol, every: true })) });
    const watched = await watchMachine({ architecture: 'i386', arm: everyTime, symbols: ['address_space_load', 'load_begin'], plan: { window: { from: 'lastPhase', durationSeconds: null } } });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    const switches = draw(220, 400);
    expect(onlyCounts(await watched.run(`switches ${switches}`)).switches).toBe(switches);
    await watched.armed.end();
    const events = [...(watched.armed.events() as SymbolEvent[])];
    expect(events.filter(({ symbol }) => symbol === 'address_space_load').map(({ hits }) => hits)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(events.filter(({ symbol }) => symbol === 'load_begin')).toHaveLength(1);
  });

  it('stops all CPUs at a probe and lets all go on', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: phases, specification: { machine: { board: 'pc', cpus: 3, memoryMiB: 64 } } });
    await watched.armed.begin();
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.end();
    expect(namesOf(watched.armed.events() as SymbolEvent[])).toEqual(phases);
    expect(onlyCounts(await watched.run('calls 10')).calls).toBe(10);
  });

  it('refuses more symbols than it can watch, and says how many it can', async () => {
    const symbols = Array.from({ length: MOST_PROBES + 1 }, (_, at) => ({ name: `f${at}`, address: BigInt(0x10_0000 + at), every: false }));
    const boot = { architecture: 'i386', accelerator: 'tcg', symbols, plan: planOf(), directory: scratch(), tracePath: '' } as unknown as BootToWatch;
    expect((await declared('PROBES_TOO_MANY', () => gdbstub.arm(boot))).details).toEqual({ wanted: MOST_PROBES + 1, limit: MOST_PROBES });
    expect((await declared('PROBES_TOO_MANY', () => gdbstub.arm({ ...boot, accelerator: 'kvm' }))).details.limit).toBe(4);
  });

  it('keeps what was seen when the guest reboots in the middle, and says that it did', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: ['memory_init_work', 'load_begin', 'machine_power_off'] });
    await watched.machine.allowReboots();
    await watched.armed.begin();
    await watched.machine.go();
    await watched.prompt();
    const from = watched.text().length;
    await watched.machine.reset();
    await watched.prompt(from);
    const { details } = await declared('GUEST_REBOOTED', () => watched.armed.end());
    expect(details.seen).toEqual(['memory_init_work']);
    expect(namesOf(watched.armed.events() as SymbolEvent[])).toEqual(['memory_init_work']);
    expect(onlyCounts(await watched.run('calls 10')).calls).toBe(10);
  });

  it('lets the guest go when the process that holds it is killed, before and after a probe is reached', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: ['load_begin'] });
    await watched.armed.begin();
    await watched.machine.go();
    await watched.prompt();
    kill(watched.armed.holder() ?? NaN, 'SIGKILL');
    const load = watched.run('calls 10');
    const stopped = Promise.withResolvers<undefined>();
    watched.machine.qmp.onEvent(({ name }) => name === 'STOP' && stopped.resolve(undefined));
    await stopped.promise;
    await watched.armed.end();
    expect(onlyCounts(await load).calls).toBe(10);
  });

  it('lets the guest go when the lab is killed', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: ['load_begin'] });
    await watched.machine.go();
    await watched.prompt();
    // A program that holds the port as the lab does, and is killed as the lab may be.
    const lab = spawn(process.execPath, [join(import.meta.dirname, 'debuggerHolder.ts'), join(watched.directory, 'debugger')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [words] = (await once(lab.stdout, 'data')) as [Buffer];
    const { pid } = JSON.parse(words.toString()) as { pid: number };
    lab.kill('SIGKILL');
    await once(lab, 'exit');
    expect(onlyCounts(await watched.run('calls 10')).calls).toBe(10);
    await gone(pid);
    expect(await watched.machine.qmp.execute('query-status')).toMatchObject({ running: true });
  });

  it('is told by QEMU itself that there is nobody any more, when QEMU is killed', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, symbols: ['memory_init_work', 'load_begin'] });
    await watched.armed.begin();
    await watched.machine.go();
    await watched.prompt();
    await watched.machine.kill();
    await watched.armed.end();
    expect(namesOf(watched.armed.events() as SymbolEvent[])).toEqual(['memory_init_work']);
    await gone(watched.armed.holder() ?? NaN);
  });
});

/** Resolves when a process has ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      kill(pid, 0);
    } catch {
      return;
    }
    await wait(5); // Nothing tells of the end of a process that is not one's own child.
  }
}
