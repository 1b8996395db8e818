import { CustomChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { bootDistributionHeight, bootDistributionOption } from '../../core/charts/bootDistribution.ts';
import { bootTimelineHeight, bootTimelineOption, type ChartSize } from '../../core/charts/bootTimeline.ts';
import { printPalette } from '../../core/charts/palette.ts';
import { phaseIntervalsHeight, phaseIntervalsOption } from '../../core/charts/phaseIntervals.ts';
import type { ChartOption } from '../../core/charts/shapes.ts';
import type { Report } from '../../contract/reports.ts';
import type { SubjectSummary } from '../../contract/summaries.ts';

echarts.use([CustomChart, GridComponent, TooltipComponent, SVGRenderer]);

/** A picture in points, as SVG text that refers to nothing outside. */
export interface ChartImage {
  readonly svg: string;
  readonly size: ChartSize;
}

export function timelineImage({ run, samples }: Report, summary: SubjectSummary, width: number): ChartImage {
  const size = { width, height: bootTimelineHeight(run.phaseTable.phases.length, printPalette) };
  return draw(bootTimelineOption({ summary, samples, phaseTable: run.phaseTable }, printPalette, size), size);
}

export function distributionImage({ run, samples, summary }: Report, width: number): ChartImage {
  const size = { width, height: bootDistributionHeight(summary.subjects.length, printPalette) };
  return draw(bootDistributionOption({ summary, samples, phaseTable: run.phaseTable }, printPalette, size), size);
}

/** Ratios of one subject over the first. */
export function intervalsImage({ run, summary }: Report, subject: string, width: number): ChartImage {
  const comparisons = summary.comparisons.filter((comparison) => comparison.b === subject);
  const size = { width, height: phaseIntervalsHeight(comparisons.length, printPalette) };
  return draw(phaseIntervalsOption({ comparisons, phaseTable: run.phaseTable }, printPalette, size), size);
}

function draw(option: ChartOption, size: ChartSize): ChartImage {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(option);
    return { svg: chart.renderToSVGString(), size };
  } finally {
    chart.dispose();
  }
}
