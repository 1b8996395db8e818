import { kill } from 'node:process';
import { describe, expect, it } from 'vitest';
import { gdbstub } from '../../../electron/host/instruments/gdbstub/gdbstub.ts';
import type { ArmedProbes } from '../../../electron/host/instruments/gdbstub/gdbstub.ts';
import type { SymbolEvent } from '../../../electron/core/traces/traceEvent.ts';
import { declared } from '../../support/declared.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { planOf, watchMachine } from '../../support/watchedMachine.ts';

const draw = drawNumbers('symbols through the debugger port');
const arm = (boot: Parameters<typeof gdbstub.arm>[0]): Promise<ArmedProbes> => gdbstub.arm(boot) as Promise<ArmedProbes>;
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
