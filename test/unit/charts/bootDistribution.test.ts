import { describe, expect, it } from 'vitest';
import { bootDistributionOption, distributionLanes, swarmOffsets } from '../../../electron/core/charts/bootDistribution.ts';
import { lightPalette } from '../../../electron/core/charts/palette.ts';
import { fixtureReport } from '../../support/reportFixture.ts';
import { renderChart } from '../../support/renderChart.ts';

const report = fixtureReport({ subjects: 2, control: true });
const input = { summary: report.summary, samples: report.samples, phaseTable: report.run.phaseTable };

describe('the distribution of boots', () => {
  it('has a lane for each subject with all of its boots that count', () => {
    const lanes = distributionLanes(input);
    expect(lanes.map((lane) => lane.boots.length)).toEqual([10, 10, 10]);
    for (const [index, lane] of lanes.entries()) {
      const own = report.summary.subjects[index]?.boot;
      expect(Math.min(...lane.boots.map((boot) => boot.milliseconds))).toBeCloseTo((own?.min ?? 0) / 1e6, 6);
      expect(Math.max(...lane.boots.map((boot) => boot.milliseconds))).toBeCloseTo((own?.max ?? 0) / 1e6, 6);
      expect(lane.boots.filter((boot) => boot.outlier).map((boot) => boot.index)).toEqual(own?.outliers);
    }
  });

  it('draws a dot for each boot and a ring more for each outlier', () => {
    const size = { width: 800, height: 300 };
    const svg = renderChart(bootDistributionOption(input, lightPalette, size), size);
    const outliers = distributionLanes(input).flatMap((lane) => lane.boots).filter((boot) => boot.outlier).length;
    const rings = [...svg.matchAll(/<circle|<ellipse/g)].length || [...svg.matchAll(/<path[^>]*A/g)].length;
    expect(rings).toBe(30 + outliers);
  });

  it('moves dots only as far as they need to be told apart', () => {
    expect(swarmOffsets([0, 100], 5, 20)).toEqual([0, 0]);
    const together = swarmOffsets([0, 0, 0], 5, 20);
    expect(new Set(together).size).toBe(3);
    expect(Math.max(...together.map(Math.abs))).toBeLessThanOrEqual(20);
    const places = [0, 4, 8, 12, 16].map((x, at, all) => ({ x, y: swarmOffsets(all, 5, 20)[at] ?? NaN }));
    for (const [at, one] of places.entries()) for (const other of places.slice(at + 1)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(4.8);
  });
});
