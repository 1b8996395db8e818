import { normalTails } from './normal.ts';
import { midranks, pairsWonByEach, tieGroups } from './ranks.ts';

/** Mann and Whitney's U of the first series: its pairs won against the second, a tie counting one half. */
export interface RankSum {
  readonly u: number;
  /** Two-sided. */
  readonly pValue: number;
  /** `exact` by counting out all arrangements of the values; `normal` with correction for ties and for continuity. */
  readonly method: 'exact' | 'normal';
}

/** Up to so many values a side all arrangements are counted out: below 2^53 of them, so that no digit is lost. */
const EXACT_UP_TO = 25;

/**
 * Mann–Whitney test that two series come from the same distribution (Mann and Whitney, 1947): exact up to 25 values a
 * side, with ties too, else the normal approximation with the correction for ties (Lehmann, 1975). As all arrangements
 * are equally likely when every round boots every subject in a random order, it needs no other assumption. Null for an
 * empty side.
 */
export function rankSum(a: readonly number[], b: readonly number[]): RankSum | null {
  if (a.length === 0 || b.length === 0) return null;
  const u = pairsWonByEach(a, b).reduce((sum, won) => sum + won, 0);
  const both = [...a, ...b];
  const ties = tieGroups(both);
  if (Math.max(a.length, b.length) > EXACT_UP_TO) return { u, pValue: normalPValue(u, a.length, b.length, ties), method: 'normal' };
  const ways = ties.length === 0 ? waysOfUntied(a.length, b.length) : waysOfTied(midranks(both), a.length);
  return { u, pValue: tailsOf(ways, u, (a.length * b.length) / 2), method: 'exact' };
}

/** In how many arrangements each U is reached. */
type Ways = readonly (readonly [u: number, count: number])[];

/** The share of arrangements in which U is at least as far from its expected value as it was. */
function tailsOf(ways: Ways, u: number, expected: number): number {
  const all = ways.reduce((sum, [, count]) => sum + count, 0);
  const asFar = ways.filter(([other]) => Math.abs(other - expected) >= Math.abs(u - expected));
  return asFar.reduce((sum, [, count]) => sum + count, 0) / all;
}

/** Without ties: the coefficients of the Gaussian binomial [a + b over a]. */
function waysOfUntied(countA: number, countB: number): Ways {
  const ways = new Array<number>(countA * countB + 1).fill(0);
  ways[0] = 1;
  for (let factor = 1; factor <= countA; factor++) {
    multiplyByOneMinusPower(ways, countB + factor);
    divideByOneMinusPower(ways, factor);
  }
  return ways.map((count, u) => [u, count]);
}

function multiplyByOneMinusPower(ways: number[], power: number): void {
  for (let at = ways.length - 1; at >= power; at--) ways[at] = (ways[at] ?? 0) - (ways[at - power] ?? 0);
}

function divideByOneMinusPower(ways: number[], power: number): void {
  for (let at = power; at < ways.length; at++) ways[at] = (ways[at] ?? 0) + (ways[at - power] ?? 0);
}

/** With ties: how many choices of `chosen` of the ranks have each sum. Twice a midrank is a whole number. */
function waysOfTied(ranks: readonly number[], chosen: number): Ways {
  const doubled = ranks.map((rank) => 2 * rank).sort((left, right) => right - left);
  const largest = doubled.slice(0, chosen).reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(largest + 1));
  if (ways[0] !== undefined) ways[0][0] = 1;
  for (const rank of doubled) for (let size = chosen; size > 0; size--) addShifted(ways[size], ways[size - 1], rank);
  // U is the sum of the ranks less the smallest sum that there could be.
  return Array.from(ways[chosen] ?? [], (count, sum): [number, number] => [(sum - chosen * (chosen + 1)) / 2, count]);
}

function addShifted(into: Float64Array | undefined, from: Float64Array | undefined, shift: number): void {
  if (into === undefined || from === undefined) return;
  for (let at = into.length - 1; at >= shift; at--) into[at] = (into[at] ?? 0) + (from[at - shift] ?? 0);
}

function normalPValue(u: number, countA: number, countB: number, ties: readonly number[]): number {
  const all = countA + countB;
  const tied = ties.reduce((sum, size) => sum + (size ** 3 - size), 0) / (all * (all - 1));
  const variance = ((countA * countB) / 12) * (all + 1 - tied);
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (countA * countB) / 2) - 0.5);
  return normalTails(distance / Math.sqrt(variance));
}
