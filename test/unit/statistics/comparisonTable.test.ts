import { describe, expect, it } from 'vitest';
import { compareCandidates, verdictWord, type Candidate, type ComparisonTable, type MetricSeries } from '../../../electron/core/statistics/comparisonTable.ts';

const around = (middle: number, step = middle / 1_000) => Array.from({ length: 10 }, (_, at) => middle + (at - 4.5) * step);
const times = (metric: string, values: readonly number[]): MetricSeries => ({ metric, kind: 'time', unit: 'ns', values, resolution: 1, modelled: false });
const counts = (metric: string, values: readonly number[], modelled = false): MetricSeries => ({ metric, kind: 'count', unit: 'count', values, resolution: 0, modelled });
const candidate = (key: string, series: readonly MetricSeries[], control = false): Candidate => ({ key, label: key, series, control });

function compare(candidates: readonly Candidate[], obstacle: (other: Candidate) => string | null = () => null): ComparisonTable {
  return compareCandidates({ candidates, baseline: 'a', seed: 1, obstacle });
}

describe('a comparison of several', () => {
  it('has a row for each but the baseline, and a cell for each metric that both have in the same unit', () => {
    const table = compare([
      candidate('a', [times('boot', around(100)), counts('pageFaults', [3, 3, 3])]),
      candidate('b', [times('boot', around(130)), counts('interrupts', [1, 1, 1])]),
      candidate('c', [counts('pageFaults', [4, 4, 4]), { ...times('boot', around(100)), unit: 'ms' }]),
    ]);
    expect(table.metrics).toEqual(['boot', 'pageFaults', 'interrupts']);
    expect(table.rows.map(({ key, cells }) => [key, cells.map(({ metric }) => metric)])).toEqual([['b', ['boot']], ['c', ['pageFaults']]]);
    expect(table.rows[0]?.cells[0]?.effect.ratio).toBeCloseTo(1.3, 6);
  });

  it('decides on instructions where both have them, and on the boot where not', () => {
    const slowButEqual = [times('boot', around(130)), counts('instructions', [500, 500, 500])];
    const table = compare([candidate('a', [times('boot', around(100)), counts('instructions', [500, 500, 500])]), candidate('b', slowButEqual), candidate('c', [times('boot', around(130))])]);
    expect(table.rows[0]).toMatchObject({ verdict: { metric: 'instructions', name: 'same' }, cells: [{ metric: 'boot', role: 'information', verdict: { name: 'more' } }, { role: 'gate' }] });
    expect(table.rows[1]).toMatchObject({ verdict: { metric: 'boot', name: 'more' } });
  });

  it('never decides on what was modelled', () => {
    const table = compare([candidate('a', [counts('instructions', [5, 5], true), times('boot', around(9))]), candidate('b', [counts('instructions', [7, 7], true), times('boot', around(9))])]);
    expect(table.rows[0]?.verdict).toMatchObject({ metric: 'boot', name: 'same' });
    expect(compare([candidate('a', [counts('cacheMisses', [5, 5], true)]), candidate('b', [counts('cacheMisses', [7, 7], true)])]).rows[0]?.verdict).toBeNull();
  });

  it('corrects the gates together and the explanations together', () => {
    const [low, high] = [around(100, 1), around(104.5, 1)];
    const phases = Array.from({ length: 10 }, (_, at) => `phase ${at}`);
    const whole = (values: readonly number[]) => [times('boot', values), ...phases.map((phase) => times(phase, values))];
    const table = compare([candidate('a', whole(low)), candidate('b', whole(high))]);
    const [boot, phase] = table.rows[0]?.cells ?? [];
    expect(boot?.corrected).toBe(boot?.effect.pValue);
    expect(phase?.corrected).toBeCloseTo(10 * (phase?.effect.pValue ?? NaN), 9);
    expect(boot?.verdict.name).toBe('more');
    expect(phase?.verdict.name).not.toBe('more');
    const three = compare([candidate('a', [times('boot', low)]), candidate('b', [times('boot', high)]), candidate('c', [times('boot', high)]), candidate('d', [times('boot', high)], true)]);
    // The control answers no question, so it costs the others nothing.
    expect(three.rows.map(({ cells }) => (cells[0]?.corrected ?? NaN) / (cells[0]?.effect.pValue ?? NaN))).toEqual([2, 2, 1]);
  });

  it('takes a difference for nothing that the control shows too, and compares the control itself without that', () => {
    const table = compare([candidate('a', [counts('instructions', [1_000, 1_000])]), candidate('b', [counts('instructions', [1_004, 1_004])]), candidate('c', [counts('instructions', [1_006, 1_006])], true)]);
    expect(table.noise['instructions']).toBeCloseTo(0.006, 9);
    expect(table.rows.map(({ verdict }) => verdict?.name)).toEqual(['same', 'more']);
  });

  it('gives ratios and no verdict where there is an obstacle', () => {
    const table = compare([candidate('a', [times('boot', around(100))]), candidate('b', [times('boot', around(200))])], () => 'They ran on different hosts.');
    expect(table.rows[0]).toMatchObject({ verdict: { name: 'ratio only', reason: 'They ran on different hosts.' }, cells: [{ effect: { ratio: 2 } }] });
  });

  it('can be kept as JSON without losing anything', () => {
    const table = compare([candidate('a', [times('boot', around(100)), counts('pageFaults', [0, 0, 0, 0, 0])]), candidate('b', [times('boot', around(200)), counts('pageFaults', [2, 3, 4, 5, 6])])]);
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
    expect(table.rows[0]?.cells[1]).toMatchObject({ effect: { ratio: null }, verdict: { name: 'INDETERMINATE', reason: 'A ratio to 0 is no number.' } });
  });

  it('has words that fit the unit', () => {
    expect(['ns', 'perSecond', 'count'].map((unit) => verdictWord('more', unit))).toEqual(['slower', 'faster', 'more']);
    expect(['ns', 'perSecond', 'count'].map((unit) => verdictWord('less', unit))).toEqual(['faster', 'slower', 'fewer']);
    expect(verdictWord('INDETERMINATE', 'ns')).toBe('INDETERMINATE');
  });
});
