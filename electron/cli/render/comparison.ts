import type { ComparisonCell, ComparisonRow, ComparisonTable } from '../../core/statistics/comparisonTable.ts';
import { verdictWord } from '../../core/statistics/comparisonTable.ts';
import { formatRatio } from '../../core/charts/numbers.ts';
import type { Run } from '../../contract/measurements.ts';
import type { Statistics } from '../../contract/summaries.ts';
import type { ManyOptions } from '../../core/measurements/compareMany.ts';
import { aloneSentences } from '../../core/measurements/comparisonWords.ts';
import { tablesOf } from '../../core/measurements/subjectTable.ts';
import { comparedTitle } from '../../core/reports/buildComparison.ts';
import type { VerdictName } from '../../core/statistics/verdict.ts';
import type { Paint, Style } from '../run/terminal.ts';
import { valueText } from './numbers.ts';
import { renderTable, type Column } from './table.ts';

const styles: Readonly<Record<VerdictName, Style>> = { same: 'green', less: 'green', more: 'yellow', INDETERMINATE: 'dim', 'ratio only': 'dim' };

const columns: readonly Column[] = [
  { title: 'of' }, { title: 'baseline', align: 'right' }, { title: 'this', align: 'right' }, { title: 'ratio', align: 'right' }, { title: '95 % interval', align: 'right' },
  { title: 'p', align: 'right' }, { title: 'Cliff’s δ', align: 'right' }, { title: 'is' }, { title: '' },
];

const median = (value: number | null, unit: string): string => (value === null ? '–' : valueText(value, unit as Statistics['unit']));

type TitleOf = (metric: string) => string;

function cellsOf({ metric, unit, effect, corrected, verdict, role, modelled }: ComparisonCell, titleOf: TitleOf, style: Paint): string[] {
  const { ratio, interval, delta } = effect;
  return [
    titleOf(metric),
    median(effect.medianA, unit),
    median(effect.medianB, unit),
    ratio === null ? '–' : formatRatio(ratio),
    interval === null ? '–' : `[${formatRatio(interval.low)}, ${formatRatio(interval.high)}]`,
    corrected === null ? '–' : corrected < 0.001 ? '< 0.001' : corrected.toFixed(3),
    delta === null ? '–' : delta.delta.toFixed(2),
    style(styles[verdict.name], verdictWord(verdict.name, unit)),
    [role === 'gate' ? 'decides' : '', modelled ? 'modelled' : ''].filter((word) => word !== '').join(', '),
  ];
}

/** What is compared of runs of one kind: a window after the boot has nothing to do with the boot’s phases. Of several kinds everything that they share. */
export function comparedMetrics(runs: readonly Pick<Run, 'kind' | 'plan'>[]): ManyOptions {
  const kinds = new Set(runs.map(({ kind }) => kind));
  const metrics = runs.flatMap(({ plan }) => plan.events?.metrics ?? []);
  return kinds.has('boot') || kinds.size > 1 || metrics.length === 0 ? {} : { metrics: [...new Set(metrics)] };
}

/** Every subject against the baseline: the metric that decides first, all others as information, with the medians beside the ratios; phases have the titles that the runs give them. */
export function renderComparisonTable({ baseline, rows, noise }: ComparisonTable, runs: readonly Pick<Run, 'phaseTable' | 'subjects'>[], style: Paint): string {
  const tables = runs.flatMap(tablesOf);
  const titleOf: TitleOf = (metric) => comparedTitle(metric, tables);
  const hasControl = Object.keys(noise).length > 0;
  return rows
    .map((row) =>
      [
        `${style('bold', row.label)} against ${baseline.label}${row.control ? ' (the same once more)' : ''}`,
        renderTable(columns, [...row.cells].sort((one, other) => Number(other.role === 'gate') - Number(one.role === 'gate')).map((cell) => cellsOf(cell, titleOf, style))),
        ...(row.verdict === null ? ['nothing was measured in both'] : [`decided by ${titleOf(row.verdict.metric)}: ${verdictWord(row.verdict.name, unitOf(row))}. ${row.verdict.reason}`]),
        ...otherReasons(row, titleOf),
        ...aloneSentences(row, baseline.label, titleOf),
      ].join('\n'),
    )
    .concat(rows.length === 0 || hasControl ? [] : ['There was no A/A control: how much two equal things differ here is not known.'])
    .join('\n\n');
}

function unitOf({ cells }: ComparisonRow): string {
  return cells.find(({ role }) => role === 'gate')?.unit ?? '';
}

/** Why a metric that does not decide has a ratio only, where the reason is another than that of the one that does. */
function otherReasons({ cells, verdict }: ComparisonRow, titleOf: TitleOf): string[] {
  const only = cells.filter((cell) => cell.verdict.name === 'ratio only' && cell.verdict.reason !== verdict?.reason);
  return [...Map.groupBy(only, (cell) => cell.verdict.reason)].map(([reason, same]) => `ratio only (${same.map(({ metric }) => titleOf(metric)).join(', ')}): ${reason}`);
}
