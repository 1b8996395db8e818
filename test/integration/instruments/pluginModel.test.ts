import { describe, expect, test } from 'vitest';
import type { MemoryModel } from '../../../electron/contract/metrics.ts';
import type { ModelCounters } from '../../../electron/core/traces/traceEvent.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { canRun, describeMachine, type GuestMachine, hasProgram } from '../../support/qemuGuest.ts';
import { bootWatched, builtFor, ofKind, pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('the memory model');
const places = pluginPlaces();
const MACHINES: readonly GuestMachine[] = [{ architecture: 'i386' }, { architecture: 'arm' }];
const MODEL = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 },
  l1Instruction: { sets: 64, ways: 8, lineBytes: 64 },
  lastLevel: { sets: 1024, ways: 8, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 },
  instructionTlb: { sets: 16, ways: 4 },
  secondTlb: { sets: 128, ways: 8 },
} as const satisfies MemoryModel;
/** The buffer round which the guest walks; the line `stride` names it too. */
const BUFFER = { from: 0x8040_0000n, to: 0x8080_0000n };
const BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * The part of one-byte loads, `stride` apart round the buffer, that misses a memory of so many sets, ways and bytes a line when the least
 * recently used line goes: none once all lines of each set fit, else one for each line that a round touches.
 */
function missRatio({ sets, ways, lineBytes }: { sets: number; ways: number; lineBytes: number }, stride: number, loads: number): number {
  const perSet = new Map<number, number>();
  for (let at = 0; at < BUFFER_BYTES; at += Math.max(stride, lineBytes)) {
    const set = Math.floor(at / lineBytes) % sets;
    perSet.set(set, (perSet.get(set) ?? 0) + 1);
  }
  const lines = [...perSet.values()].reduce((sum, count) => sum + count, 0);
  const fits = [...perSet.values()].every((count) => count <= ways);
  return fits ? Math.min(lines, loads) / loads : Math.min(1, stride / lineBytes);
}

function difference(last: ModelCounters, first: ModelCounters) {
  const loads = last.l1Data.loads - first.l1Data.loads;
  return {
    loads,
    stores: last.l1Data.stores - first.l1Data.stores,
    l1: (last.l1Data.loadMisses - first.l1Data.loadMisses) / loads,
    tlb: (last.dataTlb.loadMisses - first.dataTlb.loadMisses) / loads,
    secondTlb: ((last.secondTlb?.misses ?? NaN) - (first.secondTlb?.misses ?? NaN)) / loads,
    lastLevel: (last.lastLevel.misses - first.lastLevel.misses) / loads,
    pages: last.workingSetPages,
    strides: Object.fromEntries(Object.entries(last.strides).map(([name, count]) => [name, count - first.strides[name as keyof ModelCounters['strides']]])),
  };
}

for (const machine of MACHINES) {
  describe.skipIf(!canRun(machine) || !hasProgram('cc'))(`on ${describeMachine(machine)}`, () => {
    test('the modelled miss ratio of each stride is the one that can be computed', async () => {
      const options = { events: ['model', 'symbol'], model: MODEL, modelData: BUFFER, modelStep: 4_000_000_000, window: 'closed' } as const;
      const guest = await bootWatched(await builtFor(places, machine), machine, options, { load_begin: 'begin', load_end: 'stop' });
      const strides = [1, 16, 64, 256, 4096, 65_536, 1_048_576];
      const amounts = strides.map(() => draw(60_000, 90_000));
      for (const [at, stride] of strides.entries()) expect(await guest.run(`stride ${stride} ${amounts[at]}`)).toContain('buffer=0x80400000');
      const models = ofKind((await guest.finish()).events, 'model').map(({ counters }) => counters);
      expect(models.length).toBeGreaterThanOrEqual(2 * strides.length);
      for (const [at, stride] of strides.entries()) {
        const amount = amounts[at] as number;
        const seen = difference(models[2 * at + 1] as ModelCounters, models[2 * at] as ModelCounters);
        expect(seen).toMatchObject({ loads: amount, stores: 0 });
        expect(Math.abs(seen.l1 - missRatio(MODEL.l1Data, stride, amount)), `L1 at stride ${stride}`).toBeLessThan(0.01);
        expect(Math.abs(seen.tlb - missRatio({ ...MODEL.dataTlb, lineBytes: 4096 }, stride, amount)), `TLB at stride ${stride}`).toBeLessThan(0.01);
        expect(Math.abs(seen.secondTlb - missRatio({ ...MODEL.secondTlb, lineBytes: 4096 }, stride, amount)), `second TLB at stride ${stride}`).toBeLessThan(0.02);
        const name = stride <= 8 ? 'word' : stride < 64 ? 'line' : stride <= 4096 ? 'page' : 'far';
        // One turn in a round goes back to the buffer's begin.
        expect(seen.strides[name] as number).toBeGreaterThan(amount * (stride === 1_048_576 ? 0.99 : 1 - stride / BUFFER_BYTES) - 2);
      }
    });

    test('a model of one in 16 lines says nearly the same of references that are spread evenly', async () => {
      const options = { events: ['model', 'symbol'], model: MODEL, modelEvery: 16, modelData: BUFFER, modelStep: 4_000_000_000, window: 'closed' } as const;
      const guest = await bootWatched(await builtFor(places, machine), machine, options, { load_begin: 'begin', load_end: 'stop' });
      const amount = draw(100_000, 200_000);
      await guest.run(`stride 16 ${amount}`);
      const [first, last] = ofKind((await guest.finish()).events, 'model').map(({ counters }) => counters) as [ModelCounters, ModelCounters];
      const seen = difference(last, first);
      expect(seen.loads).toBe(amount);
      expect(Math.abs(seen.l1 - 0.25)).toBeLessThan(0.02);
    });
  });
}
