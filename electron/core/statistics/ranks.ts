/** How many of the rising values are below `limit`, or at most `limit`. */
export function countBelow(rising: Float64Array, limit: number, orEqual: boolean): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = rising[middle] ?? NaN;
    if (value < limit || (orEqual && value === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of `b` each value of `a` is above, an equal one counting one half. */
export function pairsWonByEach(a: readonly number[], b: readonly number[]): number[] {
  const rising = Float64Array.from(b).sort();
  return a.map((value) => (countBelow(rising, value, false) + countBelow(rising, value, true)) / 2);
}

/** Ranks from 1 on, equal values sharing the middle of theirs. */
export function midranks(values: readonly number[]): number[] {
  const rising = Float64Array.from(values).sort();
  return values.map((value) => (countBelow(rising, value, false) + countBelow(rising, value, true) + 1) / 2);
}

/** Sizes of the groups of equal values. */
export function tieGroups(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}
