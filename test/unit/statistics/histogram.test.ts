import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTOGRAM_ERROR, createHistogram, histogramFromJson, type Histogram } from '../../../electron/core/statistics/histogram.ts';

const wholeNumbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1e9 }), fc.maxSafeNat()), { minLength: 1, maxLength: 60 });

function counted(values: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The value that a sorted list has at a share: nearest rank. */
function trueQuantile(values: readonly number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1] ?? NaN;
}

describe('a histogram', () => {
  it('gives every quantile of any values within its stated error, and the exact count, ends and mean', () => {
    fc.assert(
      fc.property(wholeNumbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const histogram = counted(values);
        const truth = trueQuantile(values, q);
        expect(Math.abs((histogram.quantile(q) ?? NaN) - truth)).toBeLessThanOrEqual(truth * HISTOGRAM_ERROR);
        expect(histogram).toMatchObject({ count: values.length, min: Math.min(...values), max: Math.max(...values) });
        expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value / values.length, 0), -Math.log10(Math.max(...values, 1)) + 9);
      }),
      { numRuns: 500 },
    );
  });

  it('gives small whole numbers and both ends exactly', () => {
    const histogram = counted([0, 3, 3, 255, 1_000_003]);
    expect([0, 0.2, 0.5, 0.8, 1].map((q) => histogram.quantile(q))).toEqual([0, 0, 3, 255, 1_000_003]);
  });

  it('keeps powers of two and their neighbours apart as its bins say', () => {
    for (let digits = 0; digits <= 52; digits++) {
      for (const value of [2 ** digits - 1, 2 ** digits, 2 ** digits + 1]) {
        const [bin] = counted([value]).bins();
        expect(bin?.low).toBeLessThanOrEqual(value);
        expect(bin?.high).toBeGreaterThan(value);
        expect((bin?.high ?? NaN) - (bin?.low ?? NaN)).toBeLessThanOrEqual(Math.max(1, value / 128));
      }
    }
  });

  it('merged with another is the histogram of both', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        const merged = counted(a);
        merged.merge(counted(b));
        expect(merged.bins()).toEqual(counted([...a, ...b]).bins());
        expect(merged).toMatchObject({ count: a.length + b.length, min: Math.min(...a, ...b), max: Math.max(...a, ...b) });
      }),
    );
    const doubled = counted([1, 2, 2]);
    doubled.merge(doubled);
    expect(doubled.bins().map(({ count }) => count)).toEqual([2, 4]);
  });

  it('counts a value several times at once', () => {
    const histogram = createHistogram();
    histogram.record(700, 999);
    histogram.record(9_000);
    histogram.record(1, 0);
    expect(histogram).toMatchObject({ count: 1_000, min: 700 });
    expect(histogram.mean).toBe((700 * 999 + 9_000) / 1_000);
  });

  it('comes back from JSON as it was, an empty one too', () => {
    for (const values of [[], [5, 500, 50_000_000_000]]) {
      const histogram = counted(values);
      const back = histogramFromJson(JSON.parse(JSON.stringify(histogram.toJson())));
      expect(back.toJson()).toEqual(histogram.toJson());
      expect(back.quantile(0.5)).toBe(histogram.quantile(0.5));
      expect(back.mean).toBe(histogram.mean);
    }
  });

  it('refuses a record that contradicts itself', () => {
    const good = counted([5, 500]).toJson();
    expect(() => histogramFromJson({ ...good, max: 90_000 })).toThrow('outer bins');
    expect(() => histogramFromJson({ ...good, bins: [...good.bins].reverse() })).toThrow('not in order');
    expect(() => histogramFromJson({ ...good, binBits: 5 })).toThrow();
  });

  it('has no quantile, end or mean while it is empty', () => {
    expect(createHistogram()).toMatchObject({ count: 0, min: null, max: null, mean: null });
    expect(createHistogram().quantile(0.5)).toBeNull();
  });

  it('refuses what is no count of something', () => {
    for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) expect(() => createHistogram().record(value)).toThrow(RangeError);
    expect(() => counted([1]).quantile(1.1)).toThrow(RangeError);
  });
});
