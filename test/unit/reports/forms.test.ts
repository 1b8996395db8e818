import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../electron/contract/metrics.ts';
import { flameLayout, tintOf } from '../../../electron/core/charts/flame.ts';
import { flamePicture, flameSvg } from '../../../electron/core/charts/flamePicture.ts';
import { histogramBars } from '../../../electron/core/charts/latencyHistogram.ts';
import { formatAmount, formatCount, formatShare } from '../../../electron/core/charts/numbers.ts';
import { lightPalette, printPalette } from '../../../electron/core/charts/palette.ts';
import { firstDifference } from '../../../electron/core/reports/checkRow.ts';
import { ownSamples } from '../../../electron/core/reports/subjectProfile.ts';
import { csvField, renderCsv } from '../../../electron/core/reports/renderCsv.ts';
import { fixtureReport } from '../../support/reportFixture.ts';

const leaf = (symbol: string, self: number) => ({ symbol, self, total: self, children: [] });
const profile: Profile = {
  everyInstructions: 1_000,
  unknown: 0,
  root: { symbol: 'all', self: 0, total: 100, children: [{ symbol: 'main', self: 10, total: 70, children: [leaf('copy', 40), leaf('<b>"&', 20)] }, { symbol: 'idle', self: 25, total: 30, children: [leaf('copy', 5)] }] },
};

describe('a flame graph', () => {
  it('has callers below what they call, side by side, as wide as their samples are many', () => {
    const { frames, depth, left } = flameLayout(profile);
    const placed = Object.fromEntries(frames.map(({ symbol, depth: level, start, width, parent }) => [`${symbol} on ${parent === null ? '-' : (frames[parent]?.symbol ?? '?')}`, [level, start, width]]));
    expect(placed).toEqual({
      'all on -': [0, 0, 1], 'main on all': [1, 0, 0.7], 'copy on main': [2, 0, 0.4], '<b>"& on main': [2, 0.4, 0.2], 'idle on all': [1, 0.7, 0.3], 'copy on idle': [2, 0.7, 0.05],
    });
    expect([depth, left]).toEqual([3, 0]);
  });

  it('leaves out what is too narrow or too deep, and says how many', () => {
    expect(flameLayout(profile, { narrowest: 0.1, deepest: 10 })).toMatchObject({ left: 1, depth: 3 });
    expect(flameLayout(profile, { narrowest: 0, deepest: 2 })).toMatchObject({ left: 3, depth: 2 });
  });

  it('can be gone through with the keyboard and read aloud without a script, and names from guests are text', () => {
    const svg = flameSvg(profile, { title: 'A </title> of "x"', description: 'measured' }, lightPalette);
    expect(svg.match(/<g class="frame" role="listitem" tabindex="0" aria-label="/g)).toHaveLength(6);
    expect(svg).toContain('aria-label="main, 70.0 % (70) of all samples, 10.0 % (10) in itself"');
    expect(svg).toContain('aria-label="copy, 40.0 % (40) of all samples, 40.0 % (40) in itself here, 45.0 % (45) with all its other callers"');
    expect(svg).not.toMatch(/<script|<b>|href=|<\/title> of/);
    expect(flamePicture(profile, printPalette, 400, 300).svg).toBe(flamePicture(profile, printPalette, 400, 300).svg);
  });

  it('gives a function one colour, and sums it wherever it was called from', () => {
    expect(tintOf('copy', 3)).toBe(tintOf('copy', 3));
    expect(ownSamples(profile)).toEqual([{ symbol: 'copy', self: 45 }, { symbol: 'idle', self: 25 }, { symbol: '<b>"&', self: 20 }, { symbol: 'main', self: 10 }]);
  });
});

describe('a histogram of latencies', () => {
  it('has every value of the buckets in a bar, and bars that are equally wide on a logarithmic axis', () => {
    const bars = histogramBars({ count: 111, min: 100, max: 90_000, mean: 0, median: 0, p95: 0, p99: 0, error: 0, buckets: [[100, 101, 100], [1_000, 1_008, 10], [90_000, 90_500, 1]] });
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(111);
    expect(new Set(bars.map(({ low, high }) => (high / low).toFixed(6))).size).toBe(1);
    expect(bars.filter(({ count }) => count > 0).map(({ count }) => count)).toEqual([100, 10, 1]);
  });

  it('holds one value, and zeros', () => {
    const one = histogramBars({ count: 2, min: 0, max: 0, mean: 0, median: 0, p95: 0, p99: 0, error: 0, buckets: [[0, 1, 2]] });
    expect(one.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});

describe('samples as CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [-5, '-5'],
    [null, ''],
  ])('writes %j as %s', (value, field) => {
    expect(csvField(value)).toBe(field);
  });

  it('has a row for each stamp of each boot, with unit, certainty and technique, and as many fields in each', () => {
    const report = fixtureReport({ boots: 3, guestName: 'Gast, "neu"' });
    const rows = renderCsv([report]).split('\r\n');
    expect(rows.at(-1)).toBe('');
    expect(rows).toHaveLength(1 + report.samples.length * 12 + 1);
    const fields = (row: string): string[] => row.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
    expect(new Set(rows.slice(0, -1).map((row) => fields(row).filter((field, at, all) => at < all.length - 1 || field !== '').length)).size).toBeLessThanOrEqual(2);
    expect(rows[1]).toContain('"Gast, ""neu""",0,true,complete,');
    expect(rows.find((row) => row.includes('line:kmain_phase'))).toMatch(/line:kmain_phase,,ns,unavailable,.*,the phase prints nothing$/);
  });
});

describe('numbers', () => {
  it.each([
    [formatCount(1_234_567), '1,234,567'], [formatCount(12.345), '12.3'], [formatCount(0), '0'], [formatCount(0.5), '0.5'],
    [formatShare(0.123), '12.3 %'], [formatShare(1), '100.0 %'], [formatShare(0.9999), '99.990 %'], [formatShare(0), '0.0 %'],
    [formatAmount(4_096, 'bytes'), '4,096 B'], [formatAmount(87, 'pages'), '87 pages'], [formatAmount(1_500, 'ns'), '1.50 µs'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });

  it('differ where they first differ', () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, '')).toBe('a.1.b: 2 and 3');
    expect(firstDifference({ a: 1 }, { a: 1, b: undefined, c: 2 }, '')).toBe('c: nothing and 2');
    expect(firstDifference([1], [1], '')).toBeNull();
  });
});
