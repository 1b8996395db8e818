import type { ComparedMetric, ComparisonReport } from '../../contract/reports.ts';
import { formatAmount, formatRatio, type AmountUnit } from '../charts/numbers.ts';
import { isKnown, NOT_KNOWN, qemuWords } from '../measurements/knownFacts.ts';
import type { PlainTable } from './eventTables.ts';

/** The metrics of one subject against the baseline. */
export function comparedTable({ cells }: ComparisonReport['rows'][number]): PlainTable {
  return {
    head: ['Metric', 'Baseline', 'This', 'Of', 'Ratio', '95 % interval', 'p', 'Corrected p', 'Cliff’s delta', 'Verdict'],
    sides: 'lrrrrrrrrl',
    rows: cells.map((cell) => [
      `${cell.title}${cell.role === 'gate' ? ' (gate)' : ''}${cell.modelled ? ' (modelled)' : ''}`,
      amountOf(cell.medianA, cell), amountOf(cell.medianB, cell), `${cell.countA}, ${cell.countB}`,
      cell.ratio === null ? '–' : formatRatio(cell.ratio),
      cell.interval === null ? '–' : `[${formatRatio(cell.interval.low)}, ${formatRatio(cell.interval.high)}]`,
      probability(cell.pValue), probability(cell.corrected),
      cell.cliffsDelta === null ? '–' : cell.cliffsDelta.toFixed(2).replace('-', '−'),
      cell.verdict,
    ]),
  };
}

/** Why each metric has its verdict; what several have in common is said once. */
export function reasonsOf({ cells }: ComparisonReport['rows'][number]): string[] {
  const groups = Map.groupBy(cells.filter(({ reason }) => reason !== ''), ({ reason }) => reason);
  return [...groups].map(([reason, some]) => `${some.length === cells.length && cells.length > 1 ? 'All metrics' : some.map(({ title }) => title).join(', ')}: ${reason}`);
}

function amountOf(value: number | null, { unit }: ComparedMetric): string {
  return value === null ? '–' : formatAmount(value, unit as AmountUnit);
}

function probability(value: number | null): string {
  return value === null ? '–' : value.toPrecision(2);
}

/** The runs that take part. */
export function comparedRuns({ runs }: ComparisonReport): PlainTable {
  return {
    head: ['Run', 'Name', 'Measured', 'Guests', 'QEMU', 'Accelerator', 'Host'],
    sides: 'lllllll',
    rows: runs.map((run) => [run.id, run.name, run.createdAt.slice(0, 10), run.subjects.map(({ label }) => label).join(', '), [...new Set(run.subjects.map((subject) => qemuWords(run, subject)))].join(', '), [...new Set(run.subjects.map((subject) => (isKnown(run, 'accelerator') ? subject.accelerator : NOT_KNOWN)))].join(', '), isKnown(run, 'host') ? `${run.host.cpuModel} (${run.host.id.slice(0, 8)})` : NOT_KNOWN]),
  };
}
