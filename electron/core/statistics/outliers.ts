import { mean, median, medianAbsoluteDeviation } from 'simple-statistics';

/** Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993): a modified z-score above it marks an outlier. */
export const OUTLIER_SCORE = 3.5;

/**
 * Of fewer values none is marked: simulated, 30 % of series of three values of one normal distribution had a mark, of six and more
 * 16 % and fewer (resources/statistics/coverage.json).
 */
export const FEWEST_FOR_OUTLIERS = 6;

/** The normal distribution's standard deviation in median and in mean absolute deviations. */
const MEDIAN_DEVIATIONS = 1.4826;
const MEAN_DEVIATIONS = 1.253314;

/**
 * The modified z-score of each value: its distance from the median in robust standard deviations. When more than half
 * of the values are equal, the median deviation is 0 and the mean deviation takes its place.
 */
export function modifiedScores(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const middle = median([...values]);
  const distances = values.map((value) => Math.abs(value - middle));
  const spread = MEDIAN_DEVIATIONS * medianAbsoluteDeviation([...values]) || MEAN_DEVIATIONS * mean(distances);
  return distances.map((distance) => (spread === 0 ? 0 : distance / spread));
}

/** Positions of the outliers; none of fewer than six values. They are to be marked, never to be dropped. */
export function outlierPositions(values: readonly number[]): number[] {
  if (values.length < FEWEST_FOR_OUTLIERS) return [];
  return modifiedScores(values).flatMap((score, position) => (score > OUTLIER_SCORE ? [position] : []));
}
