import { describe, expect, it } from 'vitest';
import type { MemoryPicture, MetricName } from '../../../electron/contract/metrics.ts';
import { settings } from '../../../electron/contract/settings.ts';
import { analyticMisses } from '../../../electron/core/memory/analyticStride.ts';
import { parseModel } from '../../../electron/core/memory/memoryModelText.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { type GuestCounts, onlyCounts } from '../../support/guestCounts.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';

const draw = drawNumbers('memory of the built-in guest');
const usual = settings.parse({}).memoryModel;
const BUFFER_BYTES = 4 * 1024 * 1024;

interface Measured {
  readonly picture: MemoryPicture;
  readonly value: (metric: MetricName) => number;
  /** What the guest itself counted. */
  readonly counts: GuestCounts;
  readonly advice: readonly string[];
}

/** Loads in one guest, each in a boot of its own. */
async function openGuest(entry: string): Promise<(load: string, model?: string) => Promise<Measured>> {
  const { client, lab } = await openMeasuringLab();
  const guest = await addGuest(client, entry);
  return async (load, model) => {
    const events = { load, ...(model !== undefined && { model: parseModel(model, usual) }) };
    const { run, samples } = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 1, warmUps: 0, events });
    const [sample] = samples;
    expect(sample, load).toMatchObject({ outcome: 'complete', metrics: { failures: [] } });
    const picture = sample?.metrics?.memory;
    if (sample === undefined || picture == null) throw new Error(`${load}: no picture of memory`);
    const printed = Buffer.from(lab.consoles.read(`run/${run.id}/${sample.index}/serial0`, 0, sample.serialBytes).bytes).toString('latin1');
    return {
      picture,
      value: (metric) => sample.metrics?.readings.find((reading) => reading.metric === metric)?.value ?? NaN,
      counts: onlyCounts(printed),
      advice: picture.recommendations.map(({ rule }) => rule),
    };
  };
}

/** Other accesses of the window are less than one in a hundred of the walk's. */
function expectNear(value: number, analytic: number, accesses: number, what: string): void {
  expect(Math.abs(value - analytic) / accesses, `${what}: ${value} counted, ${analytic} computed`).toBeLessThan(0.01);
}

for (const [entry, architecture] of [['builtin-i386', 'i386'], ['builtin-arm', 'arm']] as const) {
  describe.skipIf(!canRun({ architecture }) || !hasProgram('cc'))(`a window of ${entry}`, { timeout: 120_000 }, () => {
    it('has the misses of a walk with a stride as they can be computed, its pattern, and advice for it', async () => {
      const load = await openGuest(entry);
      const accesses = draw(19_000_000, 21_000_000);
      const { picture, value, counts, advice } = await load(`stride 64 ${accesses}`);
      const walk = { strideBytes: 64, accesses, bufferBytes: BUFFER_BYTES };
      expectNear(value('l1DataMisses'), analyticMisses({ ...walk, size: usual.l1Data }), accesses, 'first data cache');
      expectNear(value('dataTlbMisses'), analyticMisses({ ...walk, size: usual.dataTlb }), accesses, 'data TLB');
      // The buffer fits the last level, so each of its lines is missed there once; so is what the rest of the guest touches.
      const lines = analyticMisses({ ...walk, size: usual.lastLevel });
      expect(value('lastLevelMisses')).toBeGreaterThanOrEqual(lines);
      expect(value('lastLevelMisses')).toBeLessThan(lines * 1.02);
      // Each page of the buffer is touched once before the walk. The line of counts is of the load, and without them.
      expect([value('pageFaults'), counts.faults]).toEqual([BUFFER_BYTES / 4096, 0]);
      expect(picture.model).toMatchObject({ accessPattern: 'strided', sizes: usual });
      expect(Math.max(...(picture.model?.workingSet.map(({ pages }) => pages) ?? []))).toBeGreaterThanOrEqual(1_024);
      expect(advice).toEqual(['dataLayout']);
      expect(picture.recommendations[0]?.because.join(' ')).toContain(value('l1DataMisses').toLocaleString('en'));
    });

    it('has exactly the page faults that the guest counted, all of them minor, and advice where they weigh', async () => {
      const load = await openGuest(entry);
      const amount = draw(2_000, 4_000);
      const { picture, value, counts, advice } = await load(`faults ${amount}`);
      expect(counts.faults).toBe(amount);
      expect([value('pageFaults'), value('minorPageFaults'), value('majorPageFaults')]).toEqual([amount, amount, 0]);
      expect(picture.faults).toMatchObject({ total: amount, minor: amount, major: 0, user: amount, kernel: 0, writes: amount, executes: 0, protection: 0, severity: 'moderate' });
      expect(advice).toEqual(['freshPages']);
    });
  });
}

describe.skipIf(!canRun({ architecture: 'i386' }) || !hasProgram('cc'))('advice', { timeout: 120_000 }, () => {
  it('is given for the load that needs it, with its numbers, and not for others', async () => {
    const load = await openGuest('builtin-i386');

    const sequential = await load(`stride 8 ${draw(19_000_000, 21_000_000)}`);
    expect([sequential.picture.model?.accessPattern, sequential.advice]).toEqual(['sequential', []]);

    // 1 MiB of last level instead of 8: its sets get more of these lines than they have ways.
    const apart = await load(`stride 4096 ${draw(8_000_000, 9_000_000)}`, 'llc=1024x16x64');
    expect(apart.advice).toEqual(expect.arrayContaining(['lastLevelThrash', 'dataTlbReach']));
    expect(apart.picture.recommendations.find(({ rule }) => rule === 'dataTlbReach')?.because.join(' ')).toMatch(/Data TLB: [\d,]+ misses in [\d,]+ references .*the data TLB has 64 entries/);

    const [calls, switches] = [draw(3_000, 5_000), draw(3_000, 5_000)];
    expect((await load(`calls ${calls}`)).advice).toEqual([]);
    expect((await load(`calls ${calls}`, 'itlb=1x2')).advice).toEqual(['instructionTlbReach']);
    const turns = await load(`switches ${switches}`);
    expect(turns.advice).toEqual(['addressSpaceSwitches']);
    expect(turns.value('addressSpaceSwitches')).toBeGreaterThanOrEqual(turns.counts.switches);
  });
});

describe('the model’s sizes', () => {
  it.skipIf(!canRun({ architecture: 'i386' }) || !hasProgram('cc'))('are those of the settings', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const memoryModel = parseModel('l1d=4x2x32,dtlb=2x2', usual);
    await client.settings.update({ memoryModel });
    const { run, samples } = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: 'calls 10' } });
    expect(run.plan.events?.model).toEqual(memoryModel);
    expect(samples[0]?.metrics?.memory?.model?.sizes).toEqual(memoryModel);
    await expect(client.settings.update({ memoryModel: { ...memoryModel, dataTlb: { sets: 3, ways: 1 } } })).rejects.toThrow();
  });
});
