import { z } from 'zod';

/**
 * Bins per power of two, as a power of two: 128. A bin is at most 1/128 of its values wide and stands for its middle,
 * so a quantile is wrong by at most 1/256 of itself.
 */
export const BIN_BITS = 7;
const BINS_PER_OCTAVE = 2 ** BIN_BITS;

/** The largest relative error of a quantile: 0.39 %. Count, minimum, maximum and mean are exact. */
export const HISTOGRAM_ERROR = 1 / (2 * BINS_PER_OCTAVE);

/** What a histogram is when it is kept or sent: only the bins that hold something, by rising position. */
export const histogramJson = z
  .object({
    binBits: z.literal(BIN_BITS),
    sum: z.number().nonnegative(),
    min: z.number().nonnegative().nullable(),
    max: z.number().nonnegative().nullable(),
    bins: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().positive()])),
  })
  .refine(({ bins }) => bins.every(([position], at) => position > (bins[at - 1]?.[0] ?? -1)), 'the bins are not in order')
  .refine(({ min, max, bins }) => binOrNone(min) === bins[0]?.[0] && binOrNone(max) === bins.at(-1)?.[0], 'minimum and maximum are not in the outer bins');
export type HistogramJson = z.infer<typeof histogramJson>;

/** Values from `low` (included) to `high` (not included). */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface Histogram {
  /** Counts one value (or `times` of it): a whole number from 0 on, in any unit (ns, instructions). Throws RangeError for others. */
  record(value: number, times?: number): void;
  readonly count: number;
  /** Exact; null while there is no value. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** The smallest recorded value that at least the share `q` (0 to 1) does not exceed, within HISTOGRAM_ERROR; null while there is none. */
  quantile(q: number): number | null;
  /** The bins that hold something, in rising order. */
  bins(): Bin[];
  /** Adds what another one has counted. */
  merge(other: Histogram): void;
  toJson(): HistogramJson;
}

/**
 * Counts values of any size in log-linear bins: the idea of HDR histograms (Tene, hdrhistogram.org). Whole values below
 * 256 have a bin each; above, each power of two is cut into 128 equal bins. It holds a number per bin up to the largest
 * value: 6 KB for microseconds in ns, 25 KB for seconds, 50 KB at most.
 */
export function createHistogram(): Histogram {
  let counts = new Float64Array(2 * BINS_PER_OCTAVE);
  let [count, sum, min, max] = [0, 0, Infinity, -Infinity];

  const add = (bin: number, times: number): void => {
    if (bin >= counts.length) counts = enlarged(counts, bin);
    counts[bin] = (counts[bin] ?? 0) + times;
    count += times;
  };
  const extend = (low: number, high: number, more: number): void => {
    [min, max, sum] = [Math.min(min, low), Math.max(max, high), sum + more];
  };
  const filled = (): [number, number][] => Array.from(counts, (inBin, at): [number, number] => [at, inBin]).filter(([, inBin]) => inBin > 0);

  return {
    record: (value, times = 1) => {
      if (!(Number.isSafeInteger(value) && value >= 0)) throw new RangeError(`a histogram counts whole numbers from 0 on, not ${value}`);
      if (!(Number.isSafeInteger(times) && times >= 0)) throw new RangeError(`a value cannot be counted ${times} times`);
      if (times === 0) return;
      add(binOf(value), times);
      extend(value, value, value * times);
    },
    get count() {
      return count;
    },
    get min() {
      return count === 0 ? null : min;
    },
    get max() {
      return count === 0 ? null : max;
    },
    get mean() {
      return count === 0 ? null : sum / count;
    },
    quantile: (q) => {
      if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is from 0 to 1, not ${q}`);
      if (count === 0) return null;
      const rank = Math.max(1, Math.ceil(q * count));
      // The extremes are known exactly, and the middle of their bin could lie outside of them.
      return rank === count ? max : Math.min(max, Math.max(min, middleOf(binAtRank(counts, rank))));
    },
    bins: () => filled().map(([at, inBin]) => ({ low: lowOf(at), high: lowOf(at + 1), count: inBin })),
    merge: (other) => {
      const { bins, sum: otherSum, min: low, max: high } = other.toJson();
      for (const [at, inBin] of bins) add(at, inBin);
      extend(low ?? Infinity, high ?? -Infinity, otherSum);
    },
    toJson: () => ({ binBits: BIN_BITS, sum, min: count === 0 ? null : min, max: count === 0 ? null : max, bins: filled() }),
  };
}

/** The histogram that was kept. Throws ZodError when the record is not of this kind or contradicts itself. */
export function histogramFromJson(json: unknown): Histogram {
  const kept = histogramJson.parse(json);
  const histogram = createHistogram();
  histogram.merge({ ...histogram, toJson: () => kept });
  return histogram;
}

/** Below 2^(b+1) each value is its own bin; above, the b+1 leading binary digits and the length make the bin. */
function binOf(value: number): number {
  const shift = Math.max(0, binaryDigits(value) - 1 - BIN_BITS);
  return shift * BINS_PER_OCTAVE + Math.floor(value / 2 ** shift);
}

function binOrNone(value: number | null): number | undefined {
  return value === null ? undefined : binOf(value);
}

/** The smallest value of a bin: the inverse of `binOf`. */
function lowOf(bin: number): number {
  const shift = Math.max(0, Math.floor(bin / BINS_PER_OCTAVE) - 1);
  return (bin - shift * BINS_PER_OCTAVE) * 2 ** shift;
}

function middleOf(bin: number): number {
  return lowOf(bin) + Math.floor((lowOf(bin + 1) - lowOf(bin)) / 2);
}

/** Digits of a whole number below 2^53 in binary; a logarithm would be wrong by one just below a power of two. */
function binaryDigits(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value);
}

function binAtRank(counts: Float64Array, rank: number): number {
  let passed = counts[0] ?? 0;
  let at = 0;
  while (passed < rank) passed += counts[++at] ?? Infinity;
  return at;
}

/** Room up to the end of the bin's power of two, so that growing is rare. */
function enlarged(counts: Float64Array<ArrayBuffer>, bin: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array((Math.floor(bin / BINS_PER_OCTAVE) + 1) * BINS_PER_OCTAVE);
  larger.set(counts);
  return larger;
}
