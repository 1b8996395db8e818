import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.d.ts';
import type { CampaignReport, ComparisonReport } from '../../contract/reports.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { comparedRuns, comparedTable, reasonsOf } from '../../core/reports/comparisonTables.ts';
import type { NamedComparison } from '../../core/charts/phaseIntervals.ts';
import { ratiosImage } from './chartImages.ts';
import { contentWidth } from './documentStyle.ts';
import { commandBlock, createCounters, documentFrame, figure, heading, headlineOf, instantText, list, tableTitle, together, type Counters } from './documentParts.ts';
import { plainTable } from './eventContent.ts';
import { reportSections } from './reportDocument.ts';

/** Several runs side by side. `report` must hold only printable text. */
export function comparisonDocument(report: ComparisonReport): TDocumentDefinitions {
  const next = createCounters();
  return documentFrame(report, { subject: 'Comparison of runs', keywords: '' }, [
    ...titleOf(report.title, `Comparison · ${instantText(report.createdAt)}`),
    ...heading('Summary', list(report.findings)),
    ...heading('Runs', plainTable(comparedRuns(report), { dense: true, wide: 1 })),
    ...report.rows.flatMap((row): Content[] => [
      ...heading(row.label, headlineOf(tableTitle(next.table(), `Medians and their ratios, against ${report.baseline.label}. “Of” is the number of values of each side; “gate” is the metric that decides.${row.control ? ' This is the control: two equal things.' : ''}`)), plainTable(comparedTable(row), { dense: true })),
      list(reasonsOf(row)),
      ...ratioFigures(row, report, next),
    ]),
    ...heading('Limits', list(report.limits)),
    ...together('Run it again', [commandBlock(report)]),
  ]);
}

/** So many ratios have room in a figure that stands below something else. */
const RATIOS_A_FIGURE = 18;

function ratioFigures(row: ComparisonReport['rows'][number], { baseline }: ComparisonReport, next: Counters): Content[] {
  const all = comparisonsOf(row);
  const parts = Array.from({ length: Math.ceil(all.length / RATIOS_A_FIGURE) }, (_, part) => all.slice(part * RATIOS_A_FIGURE, (part + 1) * RATIOS_A_FIGURE));
  return parts.map((part, at) => {
    const caption = at === 0 ? `Ratios of medians with their intervals, ${row.label} over ${baseline.label}, on a logarithmic axis. A filled dot is a difference that these values show.` : 'The same for the metrics that follow.';
    return { unbreakable: true, margin: [0, 8, 0, 0], stack: [figure(next.figure(), ratiosImage(part, contentWidth), caption)] };
  });
}

const words: readonly Comparison['conclusion'][] = ['same', 'slower', 'faster', 'more', 'fewer', 'ratio only'];
const conclusionOf = (verdict: string): Comparison['conclusion'] => words.find((word) => word === verdict) ?? 'undecided';

/** As the figure wants them: only what has a ratio. */
function comparisonsOf({ key, cells }: ComparisonReport['rows'][number]): NamedComparison[] {
  return cells.flatMap(({ title, ratio, interval, pValue, cliffsDelta, verdict, role, reason }) =>
    ratio === null ? [] : [{ a: '', b: key, metric: title, ratio, interval, pValue, cliffsDelta, role, reason, comparable: verdict !== 'ratio only', conclusion: conclusionOf(verdict), word: verdict }]);
}

/** All steps of a campaign, each with everything that its own report has. */
export function campaignDocument(report: CampaignReport): TDocumentDefinitions {
  const next = createCounters();
  return documentFrame(report, { subject: report.question, keywords: '' }, [
    ...titleOf(report.title, `Campaign · ${instantText(report.createdAt)}`),
    ...(report.question === '' ? [] : [{ text: report.question, style: 'question', margin: [0, 14, 0, 0] as [number, number, number, number] }]),
    ...heading('Summary', list(report.findings)),
    ...heading('Steps', plainTable({ head: ['Step', 'State', 'Run', 'Result'], sides: 'llll', rows: report.steps.map(({ name, state, report: step, why }) => [name, state, step?.run.id ?? '–', step?.findings[0] ?? why]) }, { wide: 3 })),
    ...report.steps.flatMap(({ name, report: step }): Content[] =>
      step === null ? [] : [{ text: `Step ${name}: ${step.title}`, style: 'title', pageBreak: 'before' }, ...heading('Summary', list(step.findings)), ...reportSections(step, next)]),
    ...together('The whole campaign', [commandBlock(report)]),
  ]);
}

function titleOf(title: string, byline: string): Content[] {
  return [{ text: title, style: 'title' }, { text: byline, style: 'byline', margin: [0, 4, 0, 0] }];
}
