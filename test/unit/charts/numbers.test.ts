import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearAxis, marks, markText } from '../../../electron/core/charts/axis.ts';
import { formatDuration, formatInterval, formatMilliseconds, formatPercent, formatRatio } from '../../../electron/core/charts/numbers.ts';

describe('numbers', () => {
  it.each([
    [0, '0 µs'],
    [1_000, '1 µs'],
    [850, '1 µs'],
    [412_345, '412 µs'],
    [999_600, '1.00 ms'],
    [4_213_000, '4.21 ms'],
    [24_351_000, '24.4 ms'],
    [183_412_000, '183 ms'],
    [999_900_000, '1.00 s'],
    [12_340_000_000, '12.3 s'],
    [-4_213_000, '−4.21 ms'],
  ])('a duration of %d ns reads %s', (nanoseconds, text) => {
    expect(formatDuration(nanoseconds)).toBe(text);
  });

  it('a duration is never written finer than the instrument resolves', () => {
    expect(formatDuration(4_213_000, 1_000_000)).toBe('4 ms');
    expect(formatDuration(4_213_000, 100_000)).toBe('4.2 ms');
  });

  it('an interval has one unit', () => {
    expect(formatInterval({ low: 994_000, high: 1_012_000 })).toBe('[0.99, 1.01] ms');
  });

  it('tables have milliseconds with three decimals, ratios two, percent one', () => {
    expect(formatMilliseconds(12_345_678)).toBe('12.346');
    expect([0.0421, 1.2345, 12.345, 123.4].map(formatRatio)).toEqual(['0.042', '1.23', '12.3', '123']);
    expect(formatPercent(0.0312)).toBe('3.1 %');
  });
});

describe('a linear axis', () => {
  it('covers its values with marks that are written as what they are', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.double({ min: 1e-3, max: 1e5, noNaN: true }), fc.integer({ min: 1, max: 10 }), (low, span, count) => {
        const axis = linearAxis(low, low + span, count);
        const slack = axis.step * 1e-6;
        expect(axis.min).toBeLessThanOrEqual(low + slack);
        expect(axis.max).toBeGreaterThanOrEqual(low + span - slack);
        const values = marks(axis);
        expect(values.length).toBeLessThanOrEqual(count + 3);
        for (const value of values) expect(Number(markText(value, axis.step).replace('−', '-'))).toBeCloseTo(value, 6);
      }),
    );
  });
});
