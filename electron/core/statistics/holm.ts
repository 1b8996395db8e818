/**
 * P-values corrected for there being many (Holm, 1979): with each below 0.05 called a difference, a family of equal things
 * has one with at most 5 % probability, however its tests hang together. What has no p-value takes no part.
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const ranked = pValues
    .flatMap((pValue, position) => (pValue === null ? [] : [{ pValue, position }]))
    .sort((left, right) => left.pValue - right.pValue);
  const corrected: (number | null)[] = pValues.map(() => null);
  let highest = 0;
  for (const [rank, { pValue, position }] of ranked.entries()) {
    highest = Math.max(highest, Math.min(1, pValue * (ranked.length - rank)));
    corrected[position] = highest;
  }
  return corrected;
}
