/** A cache, or with pages instead of lines a TLB. */
export interface Capacity {
  /** A power of two. */
  readonly sets: number;
  readonly ways: number;
  /** A power of two; 4096 when absent: a TLB. */
  readonly lineBytes?: number;
}

/** Loads at 0, `strideBytes`, 2 · `strideBytes`, … round a buffer that begins at a page and lies in one piece. */
export interface StrideWalk {
  readonly strideBytes: number;
  readonly accesses: number;
  /** A power of two. */
  readonly bufferBytes: number;
  readonly size: Capacity;
}

const PAGE_BYTES = 4096;

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** Throws RangeError where the closed form does not hold. */
function refuseOthers({ strideBytes, bufferBytes, size }: StrideWalk, lineBytes: number): void {
  if (![bufferBytes, lineBytes, size.sets].every(isPowerOfTwo)) throw new RangeError('buffer, line and sets must be powers of two');
  const repeats = strideBytes <= lineBytes || (isPowerOfTwo(strideBytes) && strideBytes <= bufferBytes);
  if (!(strideBytes > 0 && repeats && lineBytes <= bufferBytes)) throw new RangeError(`a stride of ${strideBytes} bytes does not come to the same lines in each round`);
}

/**
 * How many of a walk's loads miss in a set-associative memory that was empty before and evicts what was not used for the longest time.
 *
 * Each round visits the same lines in the same order. With LRU a set that is visited by more lines than it has ways has
 * always just evicted the line that comes next, so each visit misses; with no more lines than ways only the first visit of each line
 * misses (Mattson et al., "Evaluation techniques for storage hierarchies", IBM Systems Journal 9 (2), 1970: the stack distance of
 * each visit is the number of lines of the set).
 *
 * For a stride that is a power of two or not longer than a line; throws RangeError for others.
 */
export function analyticMisses(walk: StrideWalk): number {
  const { strideBytes, accesses, bufferBytes, size } = walk;
  const lineBytes = size.lineBytes ?? PAGE_BYTES;
  refuseOthers(walk, lineBytes);
  if (accesses <= 0) return 0;
  const step = Math.max(strideBytes, lineBytes);
  const linesOfRound = bufferBytes / step;
  const setsOfRound = Math.min(linesOfRound, Math.max(1, (size.sets * lineBytes) / step));
  const visits = strideBytes < lineBytes ? Math.floor(((accesses - 1) * strideBytes) / lineBytes) + 1 : accesses;
  return linesOfRound / setsOfRound > size.ways ? visits : Math.min(visits, linesOfRound);
}

/** The part of a walk's loads that misses: see `analyticMisses`. */
export function analyticMissRatio(walk: StrideWalk): number {
  return walk.accesses <= 0 ? 0 : analyticMisses(walk) / walk.accesses;
}
