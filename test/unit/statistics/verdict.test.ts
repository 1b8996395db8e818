import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffsDelta, describeDelta, magnitudeOf } from '../../../electron/core/statistics/cliffsDelta.ts';
import { canDiffer, coefficientOfVariation, detectableChange } from '../../../electron/core/statistics/detectableChange.ts';
import { measureEffect } from '../../../electron/core/statistics/effect.ts';
import { holm } from '../../../electron/core/statistics/holm.ts';
import { rankSum } from '../../../electron/core/statistics/rankSum.ts';
import { judgeDifference, noiseOf, type Circumstances } from '../../../electron/core/statistics/verdict.ts';

/** Ten values around a middle, `step` apart. */
const around = (middle: number, step = 1) => Array.from({ length: 10 }, (_, at) => middle + (at - 4.5) * step);

function verdictOn(a: readonly number[], b: readonly number[], change: Partial<Circumstances> = {}) {
  const effect = measureEffect(a, b, 1);
  return judgeDifference(effect, { kind: 'time', corrected: effect.pValue, ...change });
}

describe('the verdict on two series', () => {
  it('is more or less when interval and p-value both say so', () => {
    expect(verdictOn(around(100), around(120)).name).toBe('more');
    expect(verdictOn(around(120), around(100)).name).toBe('less');
    // The same numbers among a thousand other comparisons may be chance.
    expect(verdictOn(around(100), around(120), { corrected: 0.2 }).name).toBe('INDETERMINATE');
  });

  it('is the same only when the whole interval is near 1: 10 % for times, 1 % for counts', () => {
    expect(verdictOn(around(100), around(100.2)).name).toBe('same');
    expect(verdictOn(around(100), around(100.2), { kind: 'count' }).name).toBe('INDETERMINATE');
    expect(verdictOn(around(1_000), around(1_000.2), { kind: 'count' }).name).toBe('same');
  });

  it('is indeterminate when the interval is too wide, and says what could have been seen', () => {
    const verdict = verdictOn(around(100, 10), around(105, 10));
    expect(verdict.name).toBe('INDETERMINATE');
    expect(verdict.reason).toMatch(/A change below \d+ % would mostly not be seen/);
  });

  it('finds any difference of counts that repeat exactly, from two boots on', () => {
    expect(verdictOn([1_594_796_144, 1_594_796_144], [1_594_796_145, 1_594_796_145], { kind: 'count', corrected: null })).toMatchObject({ name: 'more' });
    expect(verdictOn([500, 500, 500], [500, 500, 500], { kind: 'count' }).name).toBe('same');
    expect(verdictOn([0, 0, 0], [7, 7, 7], { kind: 'count' }).name).toBe('more');
    expect(verdictOn([30_000_000, 30_000_000], [50_006_515, 50_006_515], { kind: 'count' }).reason).toContain('differ by 20,006,515.');
    // One boot is no repetition.
    expect(verdictOn([500], [501], { kind: 'count' }).name).toBe('INDETERMINATE');
  });

  it('calls nothing a difference that is no larger than that of the control or the resolution', () => {
    const noise = noiseOf(measureEffect([1_000, 1_000], [1_002, 1_002], 1));
    expect(noise).toBeCloseTo(0.002, 9);
    expect(verdictOn([1_000, 1_000], [1_002, 1_002], { kind: 'count', noise }).name).toBe('same');
    expect(verdictOn([1_000, 1_000], [1_003, 1_003], { kind: 'count', noise }).name).toBe('more');
    expect(verdictOn([1_000, 1_000], [1_003, 1_003], { kind: 'count', resolution: 5 }).name).toBe('same');
    expect(verdictOn(around(100), around(120), { noise: 0.3 }).reason).toContain('no more than the control');
  });

  it('is a ratio only where there is an obstacle, however clear the numbers are', () => {
    expect(verdictOn(around(100), around(900), { obstacle: 'They ran on different hosts.' })).toEqual({ name: 'ratio only', reason: 'They ran on different hosts.' });
  });

  it('is never given on too little', () => {
    for (const [a, b] of [[[], [1, 2, 3]], [[1, 2, 3], []], [[1, 2], [5, 6]], [[0, 0, 1], [4, 5, 6]]] as const) expect(verdictOn(a, b).name).toBe('INDETERMINATE');
  });

  it('turns round when the sides do', () => {
    const opposite = { more: 'less', less: 'more', same: 'same', INDETERMINATE: 'INDETERMINATE', 'ratio only': 'ratio only' } as const;
    const one = verdictOn(around(100), around(107));
    expect(verdictOn(around(107), around(100)).name).toBe(opposite[one.name]);
  });
});

describe('Holm’s correction', () => {
  it('gives the numbers of a worked example, in the order they came in', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((pValue) => Number(pValue?.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('leaves one alone, passes over what has no p-value and never gives more than 1', () => {
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([null, 0.02, null, 0.9, 0.8])).toEqual([null, 0.06, null, 1, 1]);
  });
});

describe('Cliff’s delta', () => {
  it('counts pairs: of 2, 3, 5 against 1, 3, 4 five are above, three below and one is equal', () => {
    expect(cliffsDelta([1, 3, 4], [2, 3, 5])).toBeCloseTo((5 - 3) / 9, 12);
  });

  it('has the words of its authors', () => {
    expect([0.146, 0.147, 0.33, -0.474, -1].map(magnitudeOf)).toEqual(['negligible', 'small', 'medium', 'large', 'large']);
  });

  it('has an interval around it within -1 and 1, which turns round with the sides', () => {
    const values = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [one, other] = [describeDelta(a, b), describeDelta(b, a)];
        expect(one?.interval?.low).toBeLessThanOrEqual((one?.delta ?? NaN) + 1e-12);
        expect(one?.interval?.high).toBeGreaterThanOrEqual((one?.delta ?? NaN) - 1e-12);
        expect(one?.interval?.low).toBeGreaterThanOrEqual(-1);
        expect(one?.interval?.high).toBeLessThanOrEqual(1);
        expect(other?.interval?.low).toBeCloseTo(-(one?.interval?.high ?? NaN), 9);
      }),
      { numRuns: 200 },
    );
  });

  it('has the interval of its authors’ formulas over every pair, with ties too', () => {
    const values = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one / numbers.length, 0);
        const squares = (numbers: readonly number[], middle: number) => numbers.reduce((sum, one) => sum + (one - middle) ** 2, 0);
        const signs = b.map((above) => a.map((below) => Math.sign(above - below)));
        const delta = mean(signs.flat());
        if (Math.abs(delta) > 0.999) return;
        const [ofB, ofA] = [signs.map(mean), a.map((_, at) => mean(signs.map((row) => row[at] ?? NaN)))];
        const pairs = a.length * b.length;
        const unbiased = (a.length ** 2 * squares(ofB, delta) + b.length ** 2 * squares(ofA, delta) - squares(signs.flat(), delta)) / (pairs * (a.length - 1) * (b.length - 1));
        const variance = Math.max(unbiased, (1 - delta ** 2) / (pairs - 1));
        const z = 1.959963984540054;
        const low = (delta - delta ** 3 - z * Math.sqrt(variance) * Math.sqrt((1 - delta ** 2) ** 2 + z ** 2 * variance)) / (1 - delta ** 2 + z ** 2 * variance);
        expect(describeDelta(a, b)?.interval?.low).toBeCloseTo(Math.max(-1, low), 9);
      }),
      { numRuns: 200 },
    );
  });

  it('of sides that do not overlap has the interval of a share that was always seen', () => {
    expect(describeDelta([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])?.interval).toEqual({ low: (5 - 1.959963984540054 ** 2) / (5 + 1.959963984540054 ** 2), high: 1 });
  });
});

describe('the detectable change', () => {
  it('grows with variation and shrinks with the number of values', () => {
    const [few, more] = [around(100, 2), [...around(100, 2), ...around(100, 2), ...around(100, 2), ...around(100, 2)]];
    expect(coefficientOfVariation(few)).toBeCloseTo(2 * 3.0277e-2, 5);
    // (1.96 + 0.84) · √(π/2) · cv · √(2/9)
    expect(detectableChange(few, few)).toBeCloseTo(2.8016 * 1.253314 * 0.060553 * Math.sqrt(2 / 9), 4);
    expect(detectableChange(more, more)).toBeLessThan((detectableChange(few, few) ?? 0) / 1.9);
    expect(detectableChange([100, 100, 100, 100], [100, 100, 100, 100])).toBe(0);
  });

  it('is not stated where no values could have a p-value below 5 %', () => {
    for (let a = 1; a <= 6; a++) {
      for (let b = 1; b <= 6; b++) {
        const lowest = rankSum(Array.from({ length: a }, (_, at) => at), Array.from({ length: b }, (_, at) => 100 + at))?.pValue ?? 1;
        expect(canDiffer(a, b)).toBe(lowest < 0.05);
      }
    }
    expect(detectableChange([1, 2, 3], [1, 2, 3])).toBeNull();
  });
});
