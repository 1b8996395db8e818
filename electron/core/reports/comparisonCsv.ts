import type { ComparisonReport } from '../../contract/reports.ts';
import { csvField } from './renderCsv.ts';

/** The columns, in order; a row for each metric of each subject against the baseline. */
const COLUMNS = ['baseline', 'subject', 'control', 'metric', 'title', 'role', 'modelled', 'unit', 'valuesOfBaseline', 'values', 'medianOfBaseline', 'median', 'ratio', 'intervalLow', 'intervalHigh', 'level', 'p', 'pCorrected', 'cliffsDelta', 'verdict', 'reason'] as const;

/** A comparison as RFC 4180 has it: the verdict and its reason beside every ratio. */
export function comparisonCsv({ baseline, rows }: Pick<ComparisonReport, 'baseline' | 'rows'>): string {
  const lines = rows.flatMap(({ label, control, cells }) =>
    cells.map((cell) => [
      baseline.label, label, control, cell.metric, cell.title, cell.role, cell.modelled, cell.unit, cell.countA, cell.countB, cell.medianA, cell.medianB,
      cell.ratio, cell.interval?.low ?? null, cell.interval?.high ?? null, cell.interval?.level ?? null, cell.pValue, cell.corrected, cell.cliffsDelta, cell.verdict, cell.reason,
    ]),
  );
  return [COLUMNS, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}
