import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describe as describeSeries } from '../../../../electron/core/statistics/describe.ts';
import { coverageSentence, loadCoverage, outlierSentence, statedCoverage, trendSentence, type CoverageRow } from '../../../../electron/core/statistics/statedCoverage.ts';
import type { DeclaredError } from '../../../../electron/contract/errors.ts';
import { createRandomGenerator } from '../../../../electron/core/statistics/randomGenerator.ts';
import { cells, simulateCell, simulateFamily, simulateOutliers, simulateTrend, trendLengths } from './simulate.ts';
import { drawFrom, shapes } from './shapes.ts';
import { coverageFile, sourceDigest } from './source.ts';

const long = process.env['PETRI_LONG'] === '1';
const table = loadCoverage(coverageFile, JSON.parse(readFileSync(coverageFile, 'utf8')));

/** Not the seed of the resource: it is the code that is to agree, not the numbers drawn. */
const SEED = 7;
const REPEATS = long ? 600 : 100;
/** In the short form one cell of each number of values, each of another shape. */
const tried = long ? cells : [2, 15, 31, 47].flatMap((at) => cells.slice(at, at + 1));

/** So far apart are two shares of one truth in one of a million comparisons. */
function noise(a: number, b: number, repeatsA: number, repeatsB: number): number {
  const middle = (a * repeatsA + b * repeatsB) / (repeatsA + repeatsB);
  // Near 0 and 1 a share is not normal: one case more or less must not decide.
  return 4.9 * Math.sqrt(middle * (1 - middle) * (1 / repeatsA + 1 / repeatsB)) + 1 / repeatsA + 1 / repeatsB;
}

/** What belongs to the row of the resource, by name. */
function sharesOf({ covered, falseAlarms, calledSame, found, foundDetectable }: CoverageRow): Record<string, number> {
  return { ...covered, falseAlarms, sameTime: calledSame.time, sameCount: calledSame.count, ...found, foundDetectable };
}

describe('the simulation of the statistics', () => {
  it('draws from shapes with the median 1 and the variation that is asked for', () => {
    for (const shape of shapes) {
      const random = createRandomGenerator(3);
      const values = Array.from({ length: 40_000 }, () => drawFrom(shape, 0.12, random));
      expect(values.filter((value) => value < 1).length / values.length).toBeCloseTo(0.5, 1.7);
      const mean = values.reduce((sum, value) => sum + value / values.length, 0);
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
      // The heavy tail has no fourth moment, so its deviation converges slowly.
      expect(Math.abs(deviation / 0.12 - 1)).toBeLessThan(shape === 'heavy tail with outliers' ? 0.25 : 0.03);
    }
  });

  it.each(tried)('of $count values, $shape, variation $variation, finds what the resource states', (cell) => {
    const stated = table.rows.find(({ count, shape, variation }) => count === cell.count && shape === cell.shape && variation === cell.variation);
    expect(stated).toBeDefined();
    if (stated === undefined) return;
    const [now, then] = [sharesOf(simulateCell(cell, { repeats: REPEATS, seed: SEED })), sharesOf(stated)];
    for (const [name, share] of Object.entries(now)) {
      const before = then[name] ?? NaN;
      expect(Math.abs(share - before), `${name}: ${share} now, ${before} in ${coverageFile}; if the code is right, run ${table.command}`).toBeLessThanOrEqual(noise(share, before, REPEATS, table.repeats));
    }
  }, long ? 300_000 : 60_000);

  it('finds in families of metrics and in trends what the resource states', () => {
    const repeats = long ? 150 : 40;
    for (const family of long ? table.families : table.families.slice(0, 1)) {
      const { falseAlarms } = simulateFamily(family.count, { repeats, seed: SEED });
      expect(Math.abs(falseAlarms - family.falseAlarms)).toBeLessThanOrEqual(noise(falseAlarms, family.falseAlarms, repeats, table.repeats / 4));
    }
    for (const runs of long ? trendLengths : trendLengths.slice(0, 2)) {
      const [now, then] = [simulateTrend(runs, { repeats, seed: SEED }), table.trends.find((trend) => trend.runs === runs)];
      for (const [share, before] of [[now.falseAlarms, then?.falseAlarms], [now.found.twoDeviations, then?.found.twoDeviations], [now.found.threeDeviations, then?.found.threeDeviations]]) {
        expect(Math.abs((share ?? NaN) - (before ?? NaN))).toBeLessThanOrEqual(noise(share ?? NaN, before ?? NaN, repeats, table.repeats / 4));
      }
    }
  }, long ? 300_000 : 60_000);

  it('was made from the code as it is', ({ skip }) => {
    skip(!long, 'the figures are compared in every run, the digest of the code in the long one (PETRI_LONG=1)');
    expect(table.source).toEqual(sourceDigest());
  });
});

describe('what is stated of the statistics', () => {
  it('promises no more than they hold: intervals near 95 %, false alarms near 5 % at most', () => {
    for (const { count, covered, falseAlarms } of table.rows) {
      expect(covered.median).toBeGreaterThan(0.88);
      expect(covered.ratio).toBeGreaterThan(0.91);
      // The variance of a delta from five values a side is hardly known.
      expect(covered.delta).toBeGreaterThan(count === 5 ? 0.86 : 0.9);
      expect(falseAlarms).toBeLessThan(0.08);
    }
    for (const { falseAlarms } of table.families) expect(falseAlarms).toBeLessThan(0.1);
    for (const { falseAlarms } of table.trends) expect(falseAlarms).toBeLessThan(0.05);
  });

  it('says why the plain bootstrap is used: the accelerated one does not cover better', () => {
    const mean = (share: (row: CoverageRow) => number) => table.rows.reduce((sum, row) => sum + share(row) / table.rows.length, 0);
    expect(mean(({ covered }) => covered.median)).toBeGreaterThan(mean(({ acceleratedCovered }) => acceleratedCovered.median) - 0.005);
    expect(mean(({ covered }) => covered.ratio)).toBeGreaterThan(mean(({ acceleratedCovered }) => acceleratedCovered.ratio) - 0.005);
  });

  it('is of the largest simulated number that is not above the asked one, over all shapes', () => {
    const stated = statedCoverage(table, 14);
    const medians = table.rows.filter(({ count }) => count === 10).map(({ covered }) => covered.median);
    expect(stated).toMatchObject({ count: 10, median: { low: Math.min(...medians), high: Math.max(...medians) } });
    expect(stated?.sentence).toMatch(/^Simulated with 10 values a side, 4 shapes of distribution and [\d,]+ repeats each: the 95 % interval of the median held the truth in 9\d\.\d–9\d(\.\d)? %, /);
    expect(statedCoverage(table, 1_000)?.count).toBe(30);
    expect(statedCoverage(table, 4)).toBeNull();
  });

  it('says of any number of values what an interval, a mark and a change of a trend are worth', () => {
    expect(coverageSentence(table, 14)).toBe(statedCoverage(table, 14)?.sentence);
    expect(coverageSentence(table, 3)).toContain('fewer than 5 were not simulated. The range of 3 values holds the true median in 75 % of cases');
    expect(coverageSentence(table, 1)).toContain('no interval');
    expect(outlierSentence(table, 3)).toContain('Of 3 none is');
    expect(outlierSentence(table, 12)).toMatch(/Simulated with 10 values of one distribution, 1\d(\.\d)?–2\d(\.\d)? % of series had a mark by chance/);
    expect(trendSentence(table, 9)).toContain('Fewer than 10 runs');
    expect(trendSentence(table, 40)).toMatch(/^Simulated with 30 runs: a change was marked in [012](\.\d)? % of series without one/);
  });

  it('gives no interval and no mark where it has nothing to say', () => {
    const few = describeSeries([1, 1.001, 9], { unit: 'ns', seed: 1 });
    expect(few).toMatchObject({ count: 3, interval: null, outliers: [] });
    expect(describeSeries([1, 1.001, 1.002, 0.999, 1, 9], { unit: 'ns', seed: 1 })).toMatchObject({ interval: { level: 0.95 }, outliers: [5] });
  });

  it('marks no more of one distribution than the resource states', () => {
    const { count, shape, series } = table.outliers.find((row) => row.count === 6) ?? expect.fail('no row');
    const now = simulateOutliers(count, 'normal', { repeats: 400, seed: SEED });
    expect(shape).toBe('normal');
    expect(Math.abs(now.series - series)).toBeLessThanOrEqual(noise(now.series, series, 400, table.repeats));
  });

  it('is refused when the file is not one', () => {
    expect(() => loadCoverage('coverage.json', { ...table, rows: [] })).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
  });
});
