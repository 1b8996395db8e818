import type { CalibrationRow } from '../../contract/calibrations.ts';

export type VerdictCounts = Readonly<Record<CalibrationRow['verdict'], number>>;

export function countVerdicts(rows: readonly CalibrationRow[]): VerdictCounts {
  const of = (verdict: CalibrationRow['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
  return { in: of('in'), out: of('out'), unavailable: of('unavailable') };
}

/** `57 in, 1 unavailable`; how many are out is always said. */
export function verdictWords({ in: inside, out, unavailable }: VerdictCounts): string {
  return [`${inside} in`, `${out} out`, ...(unavailable === 0 ? [] : [`${unavailable} unavailable`])].join(', ');
}
