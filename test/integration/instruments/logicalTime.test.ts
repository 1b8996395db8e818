import { describe, expect, it } from 'vitest';
import type { SymbolEvent, TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { createPluginInstrument } from '../../../electron/host/instruments/plugin/plugin.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { watchMachine } from '../../support/watchedMachine.ts';
import { pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('boots in logical time');
const phases = ['pre_init_work', 'cstart_work', 'memory_init_work', 'scheduler_ready_work', 'shell_prompt_work', 'load_begin', 'load_end'];
const { arm } = createPluginInstrument(pluginPlaces());

/** Each symbol and how many instructions the guest had made when it was first reached. */
async function bootOnce(architecture: 'i386' | 'arm', kernelArguments: string): Promise<[string, number | null][]> {
  const watched = await watchMachine({ architecture, arm, symbols: phases, plan: { logicalTime: true }, specification: { kernelArguments, logicalTime: true } });
  await watched.armed.begin();
  await watched.machine.go();
  await watched.until(/since=load\r\n[^]*petri# /);
  await watched.armed.end();
  const events: TraceEvent[] = [];
  for await (const event of watched.armed.events()) events.push(event);
  await watched.machine.kill();
  return events.filter((event): event is SymbolEvent => event.kind === 'symbol').map(({ symbol, instructions }) => [symbol, instructions]);
}

describe.each(['i386', 'arm'] as const)('the built-in guest (%s) in logical time', (architecture) => {
  it.runIf(canRun({ architecture }) && hasProgram('cc'))('makes the same instructions in five boots, to the last one, and others with another load', async () => {
    const load = `faults=${draw(100, 400)}`;
    const boots: [string, number | null][][] = [];
    for (let boot = 0; boot < 5; boot++) boots.push(await bootOnce(architecture, load));
    const [first = []] = boots;
    expect(first.map(([symbol]) => symbol)).toEqual(phases);
    expect(first.every(([, instructions]) => (instructions ?? 0) > 1_000)).toBe(true);
    for (const boot of boots) expect(boot).toEqual(first);
    expect(await bootOnce(architecture, `faults=${draw(500, 900)}`)).not.toEqual(first);
  });
});
