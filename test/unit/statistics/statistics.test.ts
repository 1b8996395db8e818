import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianInterval, ratioInterval } from '../../../electron/core/statistics/bootstrap.ts';
import { cliffsDelta } from '../../../electron/core/statistics/cliffsDelta.ts';
import { describe as describeSeries } from '../../../electron/core/statistics/describe.ts';
import { measureEffect } from '../../../electron/core/statistics/effect.ts';
import { drawMiddle } from '../../../electron/core/statistics/orderStatistics.ts';
import { modifiedScores, outlierPositions } from '../../../electron/core/statistics/outliers.ts';
import { createRandomGenerator, shuffle } from '../../../electron/core/statistics/randomGenerator.ts';
import { rankSum } from '../../../electron/core/statistics/rankSum.ts';
import { judgeDifference } from '../../../electron/core/statistics/verdict.ts';

const times = fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 5, maxLength: 30 });

/** Normal deviates by Box and Muller. */
function normals(count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

/** Kolmogorov and Smirnov's distance of two series of the same length. */
function furthestApart(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, step: 1 })), ...other.map((value) => ({ value, step: -1 }))].toSorted((a, b) => a.value - b.value);
  let [apart, furthest] = [0, 0];
  all.forEach(({ value, step }, at) => {
    apart += step;
    if (all[at + 1]?.value !== value) furthest = Math.max(furthest, Math.abs(apart));
  });
  return furthest / one.length;
}

/** Every choice of `count` positions of so many. */
function choices(positions: number, count: number, from = 0): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: positions - from }, (_, at) => from + at).flatMap((first) => choices(positions, count - 1, first + 1).map((rest) => [first, ...rest]));
}

describe('the random generator', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandomGenerator(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 40));
  });

  it('spreads its numbers evenly over [0, 1)', () => {
    const random = createRandomGenerator(1);
    const counts = new Array<number>(10).fill(0);
    for (let at = 0; at < 100_000; at++) {
      const bin = Math.floor(random() * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom stays below 27.9 in 99.9 % of cases.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  });

  it('shuffles without losing or adding anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        expect(shuffle(items, createRandomGenerator(seed)).sort()).toEqual([...items].sort());
      }),
    );
  });
});

describe('the order of a round', () => {
  it('is any of all orders equally often, so that series may be compared as if drawn by lot', () => {
    const random = createRandomGenerator(2);
    const seen = new Map<string, number>();
    for (let round = 0; round < 24_000; round++) {
      const order = shuffle(['a', 'b', 'c', 'd'], random).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    // Chi-squared with 23 degrees of freedom stays below 49.7 in 99.9 % of cases.
    expect([...seen.values()].reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(49.7);
  });
});

describe('the description of a series', () => {
  it('gives the numbers of a textbook example', () => {
    const described = describeSeries([2, 4, 4, 4, 5, 5, 7, 9], { unit: 'ns', seed: 1 });
    expect(described).toMatchObject({ count: 8, min: 2, max: 9, mean: 5, median: 4.5, outliers: [7] });
    expect(described?.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('is null for nothing and has no spread and no interval for one value', () => {
    expect(describeSeries([], { unit: 'ns', seed: 1 })).toBeNull();
    expect(describeSeries([3], { unit: 'ns', seed: 1 })).toMatchObject({ count: 1, median: 3, standardDeviation: 0, interval: null });
  });

  it('names outliers by the sample they came from and keeps them in the numbers', () => {
    const described = describeSeries([10, 11, 9, 10, 12, 90], { unit: 'ns', seed: 1, indices: [4, 5, 6, 7, 8, 9] });
    expect(described).toMatchObject({ outliers: [9], max: 90, count: 6 });
  });

  it('is ordered for any series', () => {
    fc.assert(
      fc.property(times, fc.integer(), (values, seed) => {
        const described = describeSeries(values, { unit: 'ns', seed });
        const { min = NaN, median = NaN, max = NaN, interval } = described ?? {};
        expect(min).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(max);
        expect(min).toBeLessThanOrEqual(interval?.low ?? NaN);
        expect(interval?.low).toBeLessThanOrEqual(interval?.high ?? NaN);
        expect(interval?.high).toBeLessThanOrEqual(max);
      }),
      { numRuns: 50 },
    );
  });
});

describe('outliers', () => {
  it('have the modified z-scores that their authors define', () => {
    // Median 10, median absolute deviation 1: 0.6745 · 5 / 1.
    expect(modifiedScores([9, 10, 10, 11, 9, 11, 10, 15, 9])[7]).toBeCloseTo(0.6745 * 5, 2);
  });

  it('are found when most values are equal', () => {
    expect(outlierPositions([5, 5, 5, 5, 5, 5, 5, 6])).toEqual([7]);
    expect(outlierPositions([5, 5, 5])).toEqual([]);
    // A mark among so few would mostly be chance.
    expect(outlierPositions([5, 5, 5, 5, 90])).toEqual([]);
  });
});

describe('the bootstrap', () => {
  it('is the same for the same seed', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const again = () => medianInterval(values, createRandomGenerator(3));
    expect(again()).toEqual(again());
    expect(again()?.resamples).toBeGreaterThanOrEqual(2_000);
  });

  it('agrees with the exact distribution of the median of few values', () => {
    // The median of a resample of five is the lowest value with 5.8 % probability: more than 2.5 %.
    expect(medianInterval([1, 2, 3, 4, 5], createRandomGenerator(1))).toMatchObject({ low: 1, high: 5 });
    // The median of a resample of nine is the lowest value with 0.1 % probability, at most the second with 3.0 %.
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(medianInterval(nine, createRandomGenerator(1))).toMatchObject({ low: 2, high: 8 });
  });

  it.each([6, 31, 100])('of %i draws finds the middle where drawing and sorting all of them finds it', (count) => {
    const random = createRandomGenerator(5);
    const repeats = 4_000;
    const upper = Math.floor(count / 2);
    const sorted = Array.from({ length: repeats }, () => Array.from({ length: count }, random).toSorted((one, other) => one - other));
    const drawn = Array.from({ length: repeats }, () => drawMiddle(count, random));
    const sides = [
      [sorted.map((all) => all[count % 2 === 1 ? upper : upper - 1] ?? NaN), drawn.map(({ lower }) => lower)],
      [sorted.map((all) => all[upper] ?? NaN), drawn.map((middle) => middle.upper)],
      [sorted.map((all) => (all[upper] ?? NaN) - (count % 2 === 1 ? all[upper] ?? NaN : all[upper - 1] ?? NaN)), drawn.map((middle) => middle.upper - middle.lower)],
    ] as const;
    for (const [one, other] of sides) expect(furthestApart(one, other)).toBeLessThan(1.95 * Math.sqrt(2 / repeats));
  });

  it('of many values has the interval between the ranks that the exact distribution gives', () => {
    const values = Array.from({ length: 1_000 }, (_, at) => at);
    const interval = medianInterval(values, createRandomGenerator(2));
    // The rank of the median of a resample has the standard deviation √1000 / 2: 95 % lie within 31 of the middle; 4,000 resamples know that to 2.
    expect(Math.abs((interval?.low ?? NaN) - (499.5 - 31))).toBeLessThan(3);
    expect(Math.abs((interval?.high ?? NaN) - (499.5 + 31))).toBeLessThan(3);
  });

  it('covers the true median of normal series of ten in about 93 % of cases', () => {
    const random = createRandomGenerator(11);
    const covered = Array.from({ length: 400 }, () => medianInterval(normals(10, random), random)).filter((interval) => (interval?.low ?? 1) <= 0 && (interval?.high ?? -1) >= 0);
    expect(covered.length / 400).toBeGreaterThan(0.89);
    expect(covered.length / 400).toBeLessThan(0.98);
  });

  it('of a ratio contains 1 for a series against itself and the factor for a multiplied one', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 2, max: 9 }), (values, factor) => {
        const same = ratioInterval(values, values, createRandomGenerator(1));
        expect(same?.low).toBeLessThanOrEqual(1);
        expect(same?.high).toBeGreaterThanOrEqual(1);
        const multiplied = ratioInterval(values, values.map((value) => value * factor), createRandomGenerator(1));
        expect((multiplied?.low ?? NaN) / (same?.low ?? NaN)).toBeCloseTo(factor, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('has no interval for fewer than five values', () => {
    expect(medianInterval([1, 2, 3, 4], createRandomGenerator(1))).toBeNull();
    expect(ratioInterval([1, 2, 3, 4, 5], [1, 2, 3, 4], createRandomGenerator(1))).toBeNull();
    expect(judgeDifference(measureEffect([1, 2, 3], [4, 5, 6], 1), { kind: 'time', corrected: null })).toMatchObject({ name: 'INDETERMINATE', reason: expect.stringContaining('Fewer than 5') as string });
  });
});

describe('the rank-sum test', () => {
  it('gives the exact p-value of the example of Hollander and Wolfe (1973), table 4.1', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const weeks = [1.15, 0.88, 0.9, 0.74, 1.21];
    const test = rankSum(term, weeks);
    expect(test).toMatchObject({ u: 35, method: 'exact' });
    expect(test?.pValue).toBeCloseTo(2 * 0.1272061, 6);
  });

  it('corrects the normal approximation for ties and continuity', () => {
    // Four times as often as below: groups of twelve, twelve and eight among 56 values.
    const four = (values: readonly number[]) => [values, values, values, values].flat();
    const [a, b] = [four([1, 2, 2, 3, 5, 5, 6]), four([2, 4, 5, 7, 7, 8, 9])];
    const cubes = (size: number) => size ** 3 - size;
    const tied = 2 * cubes(12) + cubes(8) + 6 * cubes(4);
    const variance = ((28 * 28) / 12) * (57 - tied / (56 * 55));
    const z = (28 * 14 - 160 - 0.5) / Math.sqrt(variance);
    const test = rankSum(a, b);
    expect(test).toMatchObject({ u: 160, method: 'normal' });
    // Two-sided tail of the normal distribution by Simpson's rule.
    const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    let tail = 0;
    for (let x = z; x < 12; x += 0.001) tail += (0.001 / 6) * (density(x) + 4 * density(x + 0.0005) + density(x + 0.001));
    expect((test?.pValue ?? NaN) / (2 * tail)).toBeCloseTo(1, 4);
  });

  it('is exact with ties too: it agrees with every arrangement, tried one by one', () => {
    const few = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(few, few, (a, b) => {
        const all = [...a, ...b];
        const middle = (a.length * b.length) / 2;
        const distances = choices(all.length, a.length).map((chosen) => {
          const won = chosen.flatMap((first) => all.flatMap((value, at) => (chosen.includes(at) ? [] : [Math.sign((all[first] ?? 0) - value) / 2 + 0.5])));
          return Math.abs(won.reduce((sum, one) => sum + one, 0) - middle);
        });
        const test = rankSum(a, b);
        const asFar = distances.filter((distance) => distance >= Math.abs((test?.u ?? NaN) - middle));
        expect(test?.method).toBe('exact');
        expect(test?.pValue).toBeCloseTo(asFar.length / distances.length, 12);
      }),
      { numRuns: 200 },
    );
  });

  it('gives 1/9 for males 19 22 16 29 24 against females 20 11 17 12', () => {
    expect(rankSum([19, 22, 16, 29, 24], [20, 11, 17, 12])).toMatchObject({ u: 17, pValue: 1 / 9 });
  });

  it('counts out the exact distribution for the largest exact case without losing a digit', () => {
    const a = Array.from({ length: 25 }, (_, at) => at);
    const b = a.map((value) => value + 100);
    // Of the 50-over-25 arrangements one is the most extreme on each side.
    expect(rankSum(a, b)?.pValue).toBeCloseTo(2 / 126_410_606_437_752, 24);
  });

  it('does not depend on the order of the sides, and delta changes its sign', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(rankSum(a, b)?.pValue).toBeCloseTo(rankSum(b, a)?.pValue ?? NaN, 9);
        expect((cliffsDelta(a, b) ?? NaN) + (cliffsDelta(b, a) ?? NaN)).toBeCloseTo(0, 9);
      }),
      { numRuns: 50 },
    );
  });

  it('finds nothing in equal values', () => {
    expect(rankSum([5, 5, 5], [5, 5, 5])?.pValue).toBe(1);
    expect(cliffsDelta([5, 5, 5], [5, 5, 5])).toBe(0);
    expect(cliffsDelta([1, 2, 3], [4, 5, 6])).toBe(1);
  });
});
