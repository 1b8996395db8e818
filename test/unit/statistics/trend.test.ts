import { describe, expect, it } from 'vitest';
import { findChanges, type TrendPoint } from '../../../electron/core/statistics/trend.ts';

/** Values within half a unit of each level, so many runs at each; never twice the same. */
function series(...levels: [level: number, runs: number][]): TrendPoint[] {
  const values = levels.flatMap(([level, runs]) => Array.from({ length: runs }, (_, at) => level + ((at * 7) % 10) / 10));
  return values.map((value, at) => ({ run: `run-${at}`, value: value + at * 1e-6, environment: 'here' }));
}

const positions = (points: readonly TrendPoint[]) => findChanges(points, 1).changes.map(({ position }) => position);

describe('a trend', () => {
  it('marks the run from which on a metric was different', () => {
    const { changes, stretches } = findChanges(series([100, 10], [120, 10]), 1);
    expect(changes).toMatchObject([{ run: 'run-10', position: 10 }]);
    expect(changes[0]?.ratio).toBeCloseTo(1.2, 2);
    expect(changes[0]?.pValue).toBeLessThan(0.01);
    expect(stretches.map(({ from, to }) => [from, to])).toEqual([[0, 10], [10, 20]]);
    expect(stretches[1]?.level).toBeCloseTo(120.45, 1);
  });

  it('marks several changes, there and back', () => {
    expect(positions(series([100, 12], [120, 12], [100, 12]))).toEqual([12, 24]);
  });

  it('marks nothing in runs that are alike, nor for one odd run, nor for too few', () => {
    expect(positions(series([100, 40]))).toEqual([]);
    expect(positions(series([100, 15], [900, 1], [100, 15]))).toEqual([]);
    expect(positions(series([100, 4], [500, 4]))).toEqual([]);
    expect(positions([])).toEqual([]);
  });

  it('marks nothing in counts that are always equal, and one that changed for good', () => {
    expect(positions(Array.from({ length: 30 }, (_, at) => ({ run: String(at), value: 7, environment: '' })))).toEqual([]);
    expect(positions(Array.from({ length: 30 }, (_, at) => ({ run: String(at), value: at < 20 ? 7 : 8, environment: '' })))).toEqual([20]);
  });

  it('does not compare across environments: another host is a cut, not a change', () => {
    const points = series([100, 10], [200, 10]).map((point, at) => ({ ...point, environment: at < 10 ? 'here' : 'there' }));
    const { changes, stretches } = findChanges(points, 1);
    expect(changes).toEqual([]);
    expect(stretches.map(({ from, environment }) => [from, environment])).toEqual([[0, 'here'], [10, 'there']]);
  });

  it('is the same each time', () => {
    const points = series([100, 10], [101, 10]);
    expect(findChanges(points, 3)).toEqual(findChanges(points, 3));
  });
});
