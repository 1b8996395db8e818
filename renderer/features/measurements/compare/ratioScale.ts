/** A logarithmic axis of ratios around 1, 0 to 1 across the plot: twice and half are equally far from the middle. */
export interface RatioScale {
  /** The axis reaches from 1 over it to it. */
  readonly reach: number;
  /** The place of a ratio; what lies beyond is at the edge. */
  readonly place: (ratio: number) => number;
  readonly isBeyond: (ratio: number) => boolean;
  readonly marks: readonly number[];
}

interface WithRatio {
  readonly ratio: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

// An effect of a thousand times would make all others a dot: it gets an arrow at the edge.
const FARTHEST = 32;
const reaches = [1.05, 1.1, 1.25, 1.5, 2, 4, 8, 16, FARTHEST];

/** The narrowest axis that holds all ratios and their intervals. */
export function ratioScale(effects: readonly WithRatio[]): RatioScale {
  const ends = effects.flatMap(({ ratio, interval }) => [ratio, interval?.low ?? null, interval?.high ?? null]).filter((value) => value !== null && value > 0 && Number.isFinite(value));
  const widest = Math.max(1, ...ends.map((value) => Math.max(Number(value), 1 / Number(value))));
  const reach = reaches.find((candidate) => candidate >= widest) ?? FARTHEST;
  const place = (ratio: number): number => (ratio <= 0 ? 0 : Math.min(1, Math.max(0, 0.5 + Math.log(ratio) / Math.log(reach) / 2)));
  return { reach, place, isBeyond: (ratio) => ratio > reach || ratio < 1 / reach, marks: [1 / reach, 1, reach] };
}

export function ratioText(ratio: number): string {
  if (ratio >= 100) return ratio.toFixed(0);
  if (ratio >= 10) return ratio.toFixed(1);
  // Three decimals would say that nothing changed.
  const isNearlyOne = ratio !== 1 && Math.abs(ratio - 1) < 0.0005;
  return ratio.toFixed(isNearlyOne || ratio < 0.1 ? 4 : 3);
}
