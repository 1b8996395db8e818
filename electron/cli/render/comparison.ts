import type { ComparisonCell, ComparisonTable } from '../../core/statistics/comparisonTable.ts';
import { verdictWord } from '../../core/statistics/comparisonTable.ts';
import { formatRatio } from '../../core/charts/numbers.ts';
import type { Run } from '../../contract/measurements.ts';
import type { ManyOptions } from '../../core/measurements/compareMany.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import type { VerdictName } from '../../core/statistics/verdict.ts';
import type { Paint, Style } from '../run/terminal.ts';
import { renderTable, type Column } from './table.ts';

const styles: Readonly<Record<VerdictName, Style>> = { same: 'green', less: 'green', more: 'yellow', INDETERMINATE: 'dim', 'ratio only': 'dim' };

const columns: readonly Column[] = [
  { title: 'of' }, { title: 'ratio', align: 'right' }, { title: 'interval', align: 'right' }, { title: 'p', align: 'right' }, { title: 'Cliff’s δ', align: 'right' }, { title: 'is' }, { title: '' },
];

/** A metric's title, or the phase's own name. */
function titleOf(metric: string): string {
  return metric in metricWords ? metricWords[metric as keyof typeof metricWords].title : metric;
}

function row({ metric, unit, effect, corrected, verdict, role, modelled }: ComparisonCell, style: Paint): string[] {
  const { ratio, interval, delta } = effect;
  return [
    titleOf(metric),
    ratio === null ? '–' : formatRatio(ratio),
    interval === null ? '–' : `[${formatRatio(interval.low)}, ${formatRatio(interval.high)}]`,
    corrected === null ? '–' : corrected < 0.001 ? '< 0.001' : corrected.toFixed(3),
    delta === null ? '–' : delta.delta.toFixed(2),
    style(styles[verdict.name], verdictWord(verdict.name, unit)),
    [role === 'gate' ? 'decides' : '', modelled ? 'modelled' : ''].filter((word) => word !== '').join(', '),
  ];
}

/** What is compared of a run: a window after the boot has nothing to do with the boot’s phases. */
export function comparedMetrics({ kind, plan }: Pick<Run, 'kind' | 'plan'>): ManyOptions {
  return kind === 'boot' || plan.events === null ? {} : { metrics: plan.events.metrics };
}

/** Every subject against the baseline: the metric that decides first, all others as information. */
export function renderComparisonTable({ baseline, rows }: ComparisonTable, style: Paint): string {
  return rows
    .map(({ label, control, cells, verdict }) =>
      [
        `${style('bold', label)} against ${baseline.label}${control ? ' (the same once more)' : ''}`,
        renderTable(columns, [...cells].sort((one, other) => Number(other.role === 'gate') - Number(one.role === 'gate')).map((cell) => row(cell, style))),
        ...(verdict === null ? ['nothing was measured in both'] : [`verdict by ${titleOf(verdict.metric)}: ${verdict.name}. ${verdict.reason}`]),
      ].join('\n'),
    )
    .join('\n\n');
}
