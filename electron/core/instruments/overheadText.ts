import type { Overhead } from '../../contract/instruments.ts';

/** What an instrument costs, for a sentence or a cell: "1.012 times as long (0.995 to 1.030, from 10 boots)". */
export function overheadText({ ratio, low, high, boots }: Overhead, of = 'boots'): string {
  return `${ratio.toFixed(3)} times as long (interval ${low.toFixed(3)} to ${high.toFixed(3)}, from ${boots} ${of})`;
}
