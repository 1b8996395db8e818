import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { runSummary } from '../../../electron/contract/summaries.ts';
import { planRun } from '../../../electron/core/measurements/planRun.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { makeBaseline } from '../../../electron/core/published/baseline.ts';
import { createRandomGenerator } from '../../../electron/core/statistics/randomGenerator.ts';
import { builtin, makeRun, makeSample, makeSubject } from './runs.ts';

/** Ten phases 10 ms apart with a jitter of at most 0.2 ms; one phase may be longer. */
function boots(count: number, change: Partial<Sample> & { longer?: [phase: number, ms: number]; from?: number; seed?: number } = {}): Sample[] {
  const { longer, from = 0, seed = 1, ...sample } = change;
  const random = createRandomGenerator(seed);
  return Array.from({ length: count }, (_, at) => {
    let now = 50;
    return makeSample(from + at, builtin.phases.map((_, phase) => (now += 10 + 0.2 * random() + (longer?.[0] === phase ? longer[1] : 0))), sample);
  });
}

describe('the summary of a run', () => {
  it('gives boot, total, first byte and each phase', () => {
    const summary = summariseRun(makeRun(), boots(10), []);
    expect(() => runSummary.parse(summary)).not.toThrow();
    const [subject] = summary.subjects;
    expect(subject).toMatchObject({ complete: 10, incomplete: 0, failed: 0 });
    expect((subject?.boot?.median ?? 0) / 1e6).toBeCloseTo(90.9, 0);
    expect((subject?.total?.median ?? 0) / 1e6).toBeCloseTo(151, 0);
    expect(subject?.firstByte?.median).toBe(40e6);
    expect((subject?.phases[0]?.duration?.median ?? 0) / 1e6).toBeCloseTo(60.1, 0);
    expect((subject?.phases[5]?.duration?.median ?? 0) / 1e6).toBeCloseTo(10.1, 0);
  });

  it('is the same each time', () => {
    expect(summariseRun(makeRun(), boots(10), [])).toEqual(summariseRun(makeRun(), boots(10), []));
  });

  it('leaves out warm-ups and boots whose stamps cannot be trusted', () => {
    const samples = [...boots(1, { warmUp: true, longer: [3, 500] }), ...boots(5, { from: 1 }), ...boots(1, { from: 6, outcome: 'failed', longer: [3, 500] })];
    const [subject] = summariseRun(makeRun(), samples, []).subjects;
    expect(subject).toMatchObject({ complete: 5, failed: 1, boot: { count: 5 } });
    expect(subject?.boot?.max).toBeLessThan(95e6);
  });

  it('counts an incomplete boot with the phases it reached', () => {
    const cut = makeSample(9, [60, 70, 80, null, null, null, null, null, null, null]);
    const [subject] = summariseRun(makeRun(), [...boots(9), cut], []).subjects;
    expect(subject).toMatchObject({ complete: 9, incomplete: 1, boot: { count: 9 } });
    expect(subject?.phases.map(({ seen }) => seen)).toEqual([10, 10, 10, 9, 9, 9, 9, 9, 9, 9]);
    expect(subject?.phases[3]).toMatchObject({ missing: 1 });
  });

  it('measures a phase from the one before it that any boot has shown', () => {
    const skipping = boots(5).map((sample) => ({ ...sample, phases: sample.phases.map((stamp, at) => (at === 4 ? { name: stamp.name, status: 'missing' as const, seenLast: '' } : stamp)) }));
    const phases = summariseRun(makeRun(), skipping, []).subjects[0]?.phases;
    expect(phases?.[4]).toMatchObject({ at: null, duration: null, seen: 0, missing: 5 });
    expect((phases?.[5]?.duration?.median ?? 0) / 1e6).toBeCloseTo(20.2, 0);
  });

  it('of nothing has no numbers', () => {
    expect(summariseRun(makeRun(), [], []).subjects[0]).toMatchObject({ complete: 0, boot: null, total: null, verdicts: [] });
  });

  it('finds the lengthened phase and calls the others the same', () => {
    const run = makeRun([makeSubject(), makeSubject({ key: 'b' })]);
    const samples = [...boots(10), ...boots(10, { subject: 'b', from: 10, longer: [6, 20], seed: 2 })];
    const conclusions = Object.fromEntries(summariseRun(run, samples, []).comparisons.map(({ metric, conclusion }) => [metric, conclusion]));
    expect(conclusions).toMatchObject({ memory_init: 'slower', boot: 'slower' });
    expect(Object.values(conclusions).filter((conclusion) => conclusion === 'same')).toHaveLength(9);
  });

  it('finds nothing in an A/A control, over many of them', () => {
    const run = makeRun([makeSubject(), makeSubject({ key: 'b', control: true })]);
    const falseAlarms = Array.from({ length: 40 }, (_, seed) => {
      const samples = [...boots(10, { seed: 100 + seed }), ...boots(10, { subject: 'b', from: 10, seed: 500 + seed })];
      return summariseRun(run, samples, []).comparisons.some(({ conclusion }) => conclusion === 'slower' || conclusion === 'faster');
    });
    expect(falseAlarms.filter(Boolean).length).toBeLessThanOrEqual(5);
  });

  it('draws no conclusion between accelerators', () => {
    const run = makeRun([makeSubject(), makeSubject({ key: 'b', accelerator: 'kvm' })]);
    const samples = [...boots(10), ...boots(10, { subject: 'b', from: 10, longer: [6, 20] })];
    for (const comparison of summariseRun(run, samples, []).comparisons) expect(comparison).toMatchObject({ comparable: false, conclusion: 'ratio only' });
  });

  it('judges a later run against the baseline of the machine, with all four verdicts', () => {
    const first = makeRun();
    const baseline = makeBaseline(first, summariseRun(first, boots(10), []), 'Monday');
    expect(baseline.map(({ metric }) => metric)).toEqual(['boot', ...builtin.phases.map(({ name }) => name)]);
    const verdictOn = (phase: number, samples: Sample[], run = makeRun(undefined, { id: 'run-2' })) => summariseRun(run, samples, baseline).subjects[0]?.phases[phase]?.verdicts[0]?.verdict.name;
    expect(verdictOn(4, boots(10, { seed: 5 }))).toBe('VERIFIED');
    expect(verdictOn(4, boots(10, { seed: 5, longer: [4, 1.6] }))).toBe('PLAUSIBLE');
    expect(verdictOn(4, boots(10, { seed: 5, longer: [4, 20] }))).toBe('NEEDS_VALIDATION');
    expect(verdictOn(4, boots(2, { seed: 5 }))).toBe('INDETERMINATE');
    // A run agrees with its own baseline by construction, so it is not judged against it.
    expect(verdictOn(4, boots(10), first)).toBeUndefined();
    expect(verdictOn(4, boots(10), makeRun([makeSubject({ qemu: { ...makeSubject().qemu, id: 'qemu-2' } })], { id: 'run-2' }))).toBe('INDETERMINATE');
  });
});

describe('the plan of a run', () => {
  const request = { subjects: ['a', 'b', 'c'], runs: 10, warmUps: 2, timeLimitSeconds: 120, outputLimitBytes: 16e6, instrument: 'serialTrace' as const, seed: 4 };

  it('boots the warm-ups first, then every subject once a round in an order of its own', () => {
    const { order } = planRun(request);
    expect(order).toHaveLength(36);
    expect(order.slice(0, 6).every(({ warmUp }) => warmUp)).toBe(true);
    const rounds = Array.from({ length: 10 }, (_, round) => order.slice(6 + 3 * round, 9 + 3 * round).map(({ subject }) => subject).join(''));
    for (const round of rounds) expect(round.split('').sort().join('')).toBe('abc');
    expect(new Set(rounds).size).toBeGreaterThan(2);
  });

  it('is the same for the same seed and another for another', () => {
    expect(planRun(request)).toEqual(planRun(request));
    expect(planRun({ ...request, seed: 5 }).order).not.toEqual(planRun(request).order);
  });
});
