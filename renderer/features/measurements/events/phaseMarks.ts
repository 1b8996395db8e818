import type { PhaseTable, Sample } from '../../../../electron/contract/measurements.ts';

/** When a phase was reached, medians over the samples, in ns since the first thing that was seen of any phase. */
export interface PhaseMark {
  readonly name: string;
  readonly title: string;
  /** The kernel's function with which it begins; null where the table names none. */
  readonly symbol: string | null;
  readonly symbolNs: number | null;
  /** The least and most of the samples, where the instrument counts; the same twice when all boots were the same. */
  readonly instructions: { readonly least: number; readonly median: number; readonly most: number } | null;
  readonly lineNs: number | null;
}

/** Both marks of each phase: its symbol, where it begins, and its line, which comes when its work is done. */
export function phaseMarks(samples: readonly Sample[], { phases }: PhaseTable): PhaseMark[] {
  const zeros = samples.map((sample) => Math.min(...sample.phases.flatMap((stamp) => [...(stamp.symbol ? [stamp.symbol.atNs] : []), ...(stamp.status === 'seen' ? [stamp.atNs] : [])])));
  return phases.map(({ name, title, symbol }) => {
    const stamps = samples.flatMap(({ phases: own }, at) => own.filter((stamp) => stamp.name === name).map((stamp) => ({ stamp, zero: zeros[at] ?? 0 })));
    const counts = stamps.flatMap(({ stamp }) => stamp.symbol?.instructions ?? []);
    return {
      name,
      title,
      symbol: symbol ?? stamps.find(({ stamp }) => stamp.symbol)?.stamp.symbol?.symbol ?? null,
      symbolNs: medianOf(stamps.flatMap(({ stamp, zero }) => (stamp.symbol ? [stamp.symbol.atNs - zero] : []))),
      instructions: counts.length === 0 ? null : { least: Math.min(...counts), median: medianOf(counts) ?? 0, most: Math.max(...counts) },
      lineNs: medianOf(stamps.flatMap(({ stamp, zero }) => (stamp.status === 'seen' ? [stamp.atNs - zero] : []))),
    };
  });
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
