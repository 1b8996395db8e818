import { quantile } from 'simple-statistics';
import type { CalibrationRow } from '../../contract/calibrations.ts';

/** How far apart the middle half of the lengths is: what the host made of one and the same wait. */
const spreadOf = (lengths: readonly number[]): number => quantile([...lengths], 0.75) - quantile([...lengths], 0.25);

/**
 * Whether the host can tell at all. A wrong instrument is wrong by the same in each boot; where one and the same wait was measured with
 * lengths farther apart than what is allowed, the difference of two says nothing of the instrument, and the row is unavailable.
 */
export function judgeHaste(row: CalibrationRow, lengths: readonly (readonly number[])[]): CalibrationRow {
  if (row.verdict !== 'out') return row;
  const spreadNs = Math.max(...lengths.map(spreadOf));
  const spread = `in ${lengths.flat().length} boots the middle half of the same wait lay ${(spreadNs / 1e6).toFixed(1)} ms apart`;
  return spreadNs > row.tolerance ? { ...row, verdict: 'unavailable', says: `the host was too busy to tell: ${spread}` } : { ...row, says: `${row.says}; ${spread}` };
}
