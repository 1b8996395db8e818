import { describe, expect, it } from 'vitest';
import { durationSeries, countedSamples, seenPhases } from '../../../electron/core/measurements/bootSeries.ts';
import { keepExtremes, medianWithInterval, metricOf, phaseDurations } from '../../../electron/core/measurements/runSeries.ts';
import { numbersOf } from '../../../electron/core/measurements/sampleNumbers.ts';
import { createRandomGenerator } from '../../../electron/core/statistics/randomGenerator.ts';
import { builtin, makeSample } from './runs.ts';

const at = (slower: number): number[] => builtin.phases.map((_, phase) => 10 * phase + (phase > 3 ? slower : 0));
const samples = [makeSample(0, at(5), { warmUp: true }), makeSample(1, at(1)), makeSample(2, [...at(2).slice(0, 4), null, ...at(2).slice(5)]), makeSample(3, at(3), { outcome: 'failed' })];
const numbers = samples.map((sample) => numbersOf(sample, builtin));

describe('numbers beside a sample', () => {
  it('give the same durations as the samples themselves', () => {
    const counted = countedSamples(samples, 'a');
    const seen = seenPhases(builtin, counted);
    for (const { name } of builtin.phases) {
      const { values, indices } = durationSeries(counted, seen, name);
      const own = phaseDurations(numbers, builtin, name).filter(({ index }) => indices.includes(index));
      expect(own, name).toEqual(values.map((value, position) => ({ index: indices[position], value })));
    }
  });

  it('have the boot of warm-ups too, and of incomplete boots what they reached', () => {
    expect(metricOf(numbers, 'bootTime').map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(numbers.map(({ counted }) => counted)).toEqual([false, true, true, false]);
    expect(metricOf(numbers, 'systemCalls')).toEqual([]);
  });
});

describe('a thinned chart', () => {
  it('keeps the smallest and the largest of each stretch, in their order', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => ({ index, value: index === 4_321 ? 1e6 : index === 77 ? -1e6 : index % 10 }));
    const kept = keepExtremes(values, 100);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept).toEqual(expect.arrayContaining([{ index: 4_321, value: 1e6 }, { index: 77, value: -1e6 }]));
    expect(kept.map(({ index }) => index)).toEqual(kept.map(({ index }) => index).toSorted((one, other) => one - other));
  });

  it('is whole where there is room', () => {
    const values = [3, 1, 2].map((value, index) => ({ index, value }));
    expect(keepExtremes(values, 3)).toEqual(values);
  });
});

describe('the interval of a median by order statistics', () => {
  it('leaves out as many values from each end as tables of the sign test say', () => {
    // Conover, table A3: for n = 10 the second and the ninth, for n = 20 the sixth and the fifteenth.
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => count - index);
    expect(medianWithInterval(upTo(10))).toEqual({ median: 5.5, low: 2, high: 9 });
    expect(medianWithInterval(upTo(20))).toEqual({ median: 10.5, low: 6, high: 15 });
    expect(medianWithInterval(upTo(6))).toEqual({ median: 3.5, low: 1, high: 6 });
    expect(medianWithInterval(upTo(5))).toEqual({ median: 3, low: null, high: null });
    expect(medianWithInterval([])).toBeNull();
  });

  it('holds the true median in at least 95 % of draws', () => {
    const draw = createRandomGenerator(7);
    let held = 0;
    for (let round = 0; round < 2_000; round += 1) {
      const { low, high } = medianWithInterval(Array.from({ length: 15 }, () => draw() ** 2)) ?? { low: null, high: null };
      if (low !== null && high !== null && low <= 0.25 && high >= 0.25) held += 1;
    }
    expect(held / 2_000).toBeGreaterThan(0.94);
  });
});
