import { describe, expect, it } from 'vitest';
import { lightPalette } from '../../../electron/core/charts/palette.ts';
import { phaseIntervalsOption } from '../../../electron/core/charts/phaseIntervals.ts';
import { fixtureReport } from '../../support/reportFixture.ts';
import { renderChart } from '../../support/renderChart.ts';

const report = fixtureReport({ subjects: 2, boots: 30 });
const comparisons = report.summary.comparisons;
const size = { width: 700, height: 300 };

describe('ratios of phases', () => {
  it('are placed by their logarithm, with 1 on the axis', () => {
    const option = phaseIntervalsOption({ comparisons, phaseTable: report.run.phaseTable }, lightPalette, size);
    const data = option.series.find((series) => series.name === 'Ratios')?.data ?? [];
    expect(data.map((datum) => datum.value[2])).toEqual(comparisons.map((comparison) => comparison.ratio));
    expect(data.map((datum) => datum.value[0])).toEqual(comparisons.map((comparison) => Math.log2(comparison.ratio)));
    expect((option['xAxis'] as { axisLabel: { customValues: number[] } }).axisLabel.customValues).toContain(0);
  });

  it('say in words what each of them shows', () => {
    const svg = renderChart(phaseIntervalsOption({ comparisons, phaseTable: report.run.phaseTable }, lightPalette, size), size);
    expect(svg).toMatch(/1\.8\d\s+slower/);
    expect(svg).toMatch(/1\.00\s+same/);
  });

  it('stay readable when one of them is two hundred', () => {
    const far = comparisons.map((comparison, index) => (index === 3 ? { ...comparison, ratio: 200, interval: null } : comparison));
    const option = phaseIntervalsOption({ comparisons: far, phaseTable: report.run.phaseTable }, lightPalette, size);
    const marks = (option['xAxis'] as { axisLabel: { customValues: number[] } }).axisLabel.customValues;
    expect(marks.length).toBeLessThan(12);
    expect(marks.at(-1)).toBeGreaterThanOrEqual(Math.log2(200));
  });
});
