import { CustomChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { bootDistributionHeight, bootDistributionOption } from '../../core/charts/bootDistribution.ts';
import { bootTimelineHeight, bootTimelineOption, type ChartSize } from '../../core/charts/bootTimeline.ts';
import { printPalette, type ChartPalette } from '../../core/charts/palette.ts';
import type { Picture } from '../../core/charts/picture.ts';
import { phaseIntervalsHeight, phaseIntervalsOption, type NamedComparison } from '../../core/charts/phaseIntervals.ts';
import type { ChartOption } from '../../core/charts/shapes.ts';
import { beforeWords } from '../../core/measurements/knownFacts.ts';
import { phasesOfAll, tableOfKey } from '../../core/measurements/subjectTable.ts';
import { coarsestResolution } from '../../core/reports/resolution.ts';
import type { Report } from '../../contract/reports.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import type { SubjectSummary } from '../../contract/summaries.ts';

echarts.use([CustomChart, GridComponent, TooltipComponent, SVGRenderer]);

/** A figure must fit on a page with its heading and caption. */
const HIGHEST_FIGURE = 560;

/** Print's palette, with smaller type for a figure that would be higher than a page allows. */
function fittingPalette(heightOf: (palette: ChartPalette) => number): ChartPalette {
  const scale = Math.min(1, HIGHEST_FIGURE / heightOf(printPalette));
  return { ...printPalette, fontSize: printPalette.fontSize * scale };
}

export function timelineImage({ run, samples }: Report, summary: SubjectSummary, width: number): Picture {
  const phaseTable = tableOfKey(run, summary.key);
  const heightOf = (palette: ChartPalette): number => bootTimelineHeight(phaseTable.phases.length, palette);
  const palette = fittingPalette(heightOf);
  const size = { width, height: heightOf(palette) };
  return draw(bootTimelineOption({ summary, samples, phaseTable, before: beforeWords(run), resolutionNs: coarsestResolution(samples) }, palette, size), size);
}

export function distributionImage({ run, samples, summary }: Report, width: number): Picture {
  const size = { width, height: bootDistributionHeight(summary.subjects.length, printPalette) };
  return draw(bootDistributionOption({ summary, samples, phaseTable: run.phaseTable, tableOf: (key) => tableOfKey(run, key), resolutionNs: coarsestResolution(samples) }, printPalette, size), size);
}

/** Ratios of one subject over the first. */
export function intervalsImage({ run, summary }: Report, subject: string, width: number): Picture {
  return ratiosImage(summary.comparisons.filter((comparison) => comparison.b === subject), width, phasesOfAll(run));
}

/** Ratios whose metrics are called as a phase table has it, or as they call themselves. */
export function ratiosImage(comparisons: readonly NamedComparison[], width: number, phaseTable?: Pick<PhaseTable, 'phases'>): Picture {
  const heightOf = (palette: ChartPalette): number => phaseIntervalsHeight(comparisons.length, palette);
  const palette = fittingPalette(heightOf);
  const size = { width, height: heightOf(palette) };
  return draw(phaseIntervalsOption({ comparisons, phaseTable: phaseTable ?? { phases: [] } }, palette, size), size);
}

function draw(option: ChartOption, size: ChartSize): Picture {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(option);
    return { svg: chart.renderToSVGString(), size };
  } finally {
    chart.dispose();
  }
}
