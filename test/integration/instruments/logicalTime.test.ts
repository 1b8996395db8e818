import { describe, expect, it } from 'vitest';
import { settings } from '../../../electron/contract/settings.ts';
import { WORKING_SET_STEP, workingSetSteps } from '../../../electron/core/memory/workingSet.ts';
import type { SymbolEvent, TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { createPluginInstrument } from '../../../electron/host/instruments/plugin/plugin.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { watchMachine } from '../../support/watchedMachine.ts';
import { pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('boots in logical time');
const phases = ['pre_init_work', 'cstart_work', 'memory_init_work', 'scheduler_ready_work', 'shell_prompt_work', 'load_begin', 'load_end'];
const { arm } = createPluginInstrument(pluginPlaces());

interface Boot {
  /** Each symbol and how many instructions the guest had made when it was first reached. */
  readonly symbols: readonly (readonly [string, number | null])[];
  /** Where each whole step of the working set ended, and its pages. */
  readonly workingSet: readonly (readonly [number | undefined, number])[];
}

async function bootOnce(architecture: 'i386' | 'arm', kernelArguments: string): Promise<Boot> {
  const plan = { logicalTime: true, metrics: ['workingSet' as const], model: settings.parse({}).memoryModel };
  const watched = await watchMachine({ architecture, arm, symbols: phases, plan, specification: { kernelArguments, logicalTime: true } });
  await watched.armed.begin();
  await watched.machine.go();
  await watched.until(/since=load\r\n[^]*petri# /);
  await watched.armed.end();
  const events: TraceEvent[] = [];
  for await (const event of watched.armed.events()) events.push(event);
  await watched.machine.kill();
  const steps = workingSetSteps();
  for (const event of events) steps.take(event);
  return {
    symbols: events.filter((event): event is SymbolEvent => event.kind === 'symbol').map(({ symbol, instructions }) => [symbol, instructions]),
    // The host ends the window while the guest waits: the step that it cuts is of no logical time.
    workingSet: steps.result().steps.filter(({ isCut }) => isCut === false).map(({ instructions, pages }) => [instructions, pages]),
  };
}

describe.each(['i386', 'arm'] as const)('the built-in guest (%s) in logical time', (architecture) => {
  it.runIf(canRun({ architecture }) && hasProgram('cc'))('makes the same instructions in five boots, to the last one, touches the same pages in each million of them, and others with another load', async () => {
    const load = `faults=${draw(100, 400)}`;
    const boots: Boot[] = [];
    for (let boot = 0; boot < 5; boot++) boots.push(await bootOnce(architecture, load));
    const { symbols = [], workingSet = [] } = boots[0] ?? {};
    expect(symbols.map(([symbol]) => symbol)).toEqual(phases);
    expect(symbols.every(([, instructions]) => (instructions ?? 0) > 1_000)).toBe(true);
    expect(workingSet.length).toBeGreaterThan(2);
    expect(workingSet.every(([instructions = NaN]) => instructions % WORKING_SET_STEP < 1_000)).toBe(true);
    const counted = Math.min(...boots.map((boot) => boot.workingSet.length));
    for (const boot of boots) expect([boot.symbols, boot.workingSet.slice(0, counted)]).toEqual([symbols, workingSet.slice(0, counted)]);
    expect((await bootOnce(architecture, `faults=${draw(500, 900)}`)).symbols).not.toEqual(symbols);
  });
});
