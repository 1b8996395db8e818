import { describe, expect, it } from 'vitest';
import type { Run, Subject } from '../../../electron/contract/measurements.ts';
import { trendOf, type TrendRun } from '../../../electron/core/measurements/trendOf.ts';
import { makeRun, makeSubject } from './runs.ts';

function at(day: number, value: number, subject: Partial<Subject> = {}, run: Partial<Run> = {}): TrendRun {
  const one = makeSubject(subject);
  return { id: `run-${day}`, at: `2026-01-${String(day + 1).padStart(2, '0')}T00:00:00.000Z`, run: makeRun([one], run), subject: one, median: value, low: null, high: null };
}

/** Ten runs near one level, ten near another, with a jitter that repeats. */
const history = Array.from({ length: 20 }, (_, day) => at(day, (day < 10 ? 100 : 120) + ((day * 7) % 10) / 100));
const upgrade = { qemu: { ...makeSubject().qemu, id: 'qemu-2', version: '10.0.2' } };

describe('the trend of a metric', () => {
  it('marks the run from which on it was different, in the order of time, with the levels around it', () => {
    const trend = trendOf([...history].reverse(), 'bootTime');
    expect(trend.map(({ run }) => run)).toEqual(history.map(({ id }) => id));
    expect(trend.filter(({ change }) => change !== null).map(({ run }) => run)).toEqual(['run-10']);
    expect(trend[10]?.change?.ratio).toBeCloseTo(1.2, 2);
    expect([trend[9]?.stretch, trend[10]?.stretch]).toEqual([0, 1]);
    expect([trend[0]?.level, trend[19]?.level]).toEqual([expect.closeTo(100.045, 2), expect.closeTo(120.045, 2)]);
  });

  it('does not take another QEMU for a change of the guest, and says what is different', () => {
    const trend = trendOf(history.map((one, day) => (day < 10 ? one : at(day, one.median, upgrade))), 'bootTime');
    expect(trend.every(({ change }) => change === null)).toBe(true);
    expect(trend[0]).toMatchObject({ comparable: false, obstacle: expect.stringContaining('builds of QEMU') as string, stretch: 0 });
    expect(trend[19]).toMatchObject({ comparable: true, obstacle: null, stretch: 1 });
  });

  it('looks at runs that may be compared together, even where others stand between them', () => {
    const mixed = history.flatMap((one, day) => [at(2 * day, one.median), at(2 * day + 1, 500, { accelerator: 'kvm' })].map((run) => ({ ...run, at: new Date(Date.UTC(2026, 0, 1, 2 * day + Number(run.median === 500))).toISOString() })));
    const trend = trendOf(mixed, 'bootTime');
    expect(trend.filter(({ change }) => change !== null).map(({ run }) => run)).toEqual(['run-20']);
    expect(trend.filter(({ comparable }) => comparable)).toHaveLength(20);
  });

  it('is of nothing where no run has the metric, and without a change where there are too few', () => {
    expect(trendOf([], 'pageFaults')).toEqual([]);
    expect(trendOf(history.slice(8, 13), 'bootTime').every(({ change }) => change === null)).toBe(true);
  });
});
