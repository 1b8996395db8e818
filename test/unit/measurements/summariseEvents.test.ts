import { describe, expect, it } from 'vitest';
import type { MemoryPicture } from '../../../electron/contract/metrics.ts';
import { eventSummary } from '../../../electron/contract/summaries.ts';
import { mergeCallTables } from '../../../electron/core/measurements/mergeCallTables.ts';
import { summariseEvents } from '../../../electron/core/measurements/summariseEvents.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { distribution, makeMetrics, reading, sampleWith } from './events.ts';
import { makeRun } from './runs.ts';

const run = makeRun();
const ratios = { l1Data: 0.9, l1Instruction: 0.99, lastLevel: 0.5, dataTlb: 0.95, instructionTlb: 1 };

function picture(change: { severity?: 'none' | 'high'; rules?: string[]; accessPattern?: 'random' | 'sequential' } = {}): MemoryPicture {
  const { severity = 'none', rules = [], accessPattern = 'random' } = change;
  return {
    faults: { total: 5, minor: null, major: null, user: 5, kernel: 0, writes: 5, executes: 0, protection: 0, severity, why: `${severity} because`, latencyNs: distribution([100]) },
    model: { sizes: run.plan.events?.model ?? model, hitRatios: ratios, workingSet: [], accessPattern, spatialLocality: null, tlbEffectiveness: 0.9 },
    recommendations: rules.map((rule) => ({ rule, text: `do ${rule}`, because: ['a number'] })),
  };
}
const model = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 }, l1Instruction: { sets: 64, ways: 8, lineBytes: 64 }, lastLevel: { sets: 8_192, ways: 16, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 }, instructionTlb: { sets: 8, ways: 8 }, secondTlb: { sets: 128, ways: 12 },
};

describe('the summary of events', () => {
  it('is null for boots without events, and leaves warm-ups out', () => {
    expect(summariseEvents(run, [sampleWith(0, null)])).toBeNull();
    const summary = summariseRun(run, [sampleWith(0, makeMetrics({ times: [1] }), { warmUp: true }), sampleWith(1, makeMetrics()), sampleWith(2, makeMetrics())], []);
    expect(summary.subjects[0]?.events).toMatchObject({ samples: [1, 2], calls: { total: 6 } });
    expect(() => eventSummary.parse(summary.subjects[0]?.events)).not.toThrow();
  });

  it('has the median of each reading with how it was obtained; one out of calibration marks all', () => {
    const values = [100, 110, 105];
    const samples = values.map((value, at) => sampleWith(at, makeMetrics({ readings: [reading({ value, resolution: at + 1, calibration: at === 2 ? 'out' : 'in' })] })));
    expect(summariseEvents(run, samples)?.metrics).toMatchObject([{ metric: 'systemCalls', certainty: 'measured', resolution: 3, calibration: 'out', unavailable: 0, statistics: { median: 105, count: 3, unit: 'count' } }]);
  });

  it('says why nobody gave a number, and in how many samples it is missing', () => {
    const missing = reading({ metric: 'interrupts', value: null, certainty: 'unavailable', reason: 'not seen' });
    const all = summariseEvents(run, [sampleWith(0, makeMetrics({ readings: [missing] })), sampleWith(1, makeMetrics({ readings: [missing] }))]);
    expect(all?.metrics).toMatchObject([{ statistics: null, reason: 'not seen', unavailable: 2, certainty: 'unavailable' }]);
    const one = summariseEvents(run, [sampleWith(0, makeMetrics({ readings: [missing] })), sampleWith(1, makeMetrics({ readings: [reading({ metric: 'interrupts', value: 4 })] }))]);
    expect(one?.metrics).toMatchObject([{ statistics: { median: 4, count: 1 }, certainty: 'measured', unavailable: 1 }]);
  });

  it('ranks calls over all samples: a sample without a call counts as none of it', () => {
    const summary = summariseEvents(run, [sampleWith(0, makeMetrics({ times: [10, 20, 30, 40] })), sampleWith(1, makeMetrics({ times: [] })), sampleWith(2, makeMetrics({ times: [50, 60] }))]);
    expect(summary?.ranking).toMatchObject([{ rank: 1, name: 'SYS_TIMES', share: 1, errors: 0, count: { median: 2, min: 0, max: 4 }, latencyNs: { count: 6, min: 10, max: 60 } }]);
  });

  it('joins latencies as if all calls had been in one sample', () => {
    const draw = drawNumbers('latencies');
    const numbers = Array.from({ length: 1_000 }, () => draw(0, 1_000_000));
    const parts = [numbers.slice(0, 100), numbers.slice(100, 900), numbers.slice(900)].map((times) => makeMetrics({ times }).calls).filter((table) => table !== null);
    const joined = mergeCallTables(parts)?.rows[0]?.latencyNs;
    const whole = distribution(numbers);
    expect(joined).toMatchObject({ count: 1_000, min: whole.min, max: whole.max, median: whole.median, p99: whole.p99 });
    expect(joined?.mean).toBeCloseTo(whole.mean, 6);
    expect(mergeCallTables([])).toBeNull();
  });

  it('has the worst severity, every ratio with its interval, and each advice once with its samples', () => {
    const pictures = [picture({ rules: ['hugePages'] }), picture({ severity: 'high', rules: ['hugePages', 'prefault'] }), picture({ accessPattern: 'sequential' })];
    const memory = summariseEvents(run, pictures.map((one, at) => sampleWith(at, makeMetrics({ memory: one }))))?.memory;
    expect(memory).toMatchObject({ severity: { level: 'high', why: 'high because' }, accessPattern: 'mixed', recommendations: [{ rule: 'hugePages', samples: [0, 1] }, { rule: 'prefault', samples: [1] }] });
    expect(memory?.ratios.map(({ name }) => name)).toEqual(['l1Data', 'l1Instruction', 'lastLevel', 'dataTlb', 'instructionTlb', 'tlbEffectiveness']);
    expect(memory?.ratios[0]?.statistics).toMatchObject({ unit: 'ratio', median: 0.9, count: 3 });
  });

  it('says which trace was cut', () => {
    const evidence = [{ format: 'petri-trace' as const, digest: null, bytes: 1, events: 1, cut: 'it reached its limit' }];
    expect(summariseEvents(run, [sampleWith(4, makeMetrics({ evidence }))])?.notes).toEqual(['sample 4: the trace ends early: it reached its limit']);
  });
});
