/** Loads at equal distances, round and round a buffer that begins at a multiple of every line and page. */
export interface StrideWalk {
  readonly strideBytes: number;
  readonly loads: number;
  readonly bufferBytes: number;
}

/** A cache or TLB that replaces what was used longest ago; of a TLB the line is a page. */
export interface CacheGeometry {
  readonly sets: number;
  readonly ways: number;
  readonly lineBytes: number;
}

/** Where a walk has been: it visits each of `lines` once in a pass, in the same order in every pass. */
interface Visits {
  readonly lines: number;
  /** Bytes from one visited line to the next. */
  readonly unitBytes: number;
  readonly wholePasses: number;
  /** Visited in the pass that is not over. */
  readonly begun: number;
}

/**
 * Whether the truth is known: either every line is visited, or the stride divides the buffer. Otherwise each pass visits other lines.
 */
export function hasStrideTruth({ strideBytes, bufferBytes }: Pick<StrideWalk, 'strideBytes' | 'bufferBytes'>, { lineBytes }: Pick<CacheGeometry, 'lineBytes'>): boolean {
  return bufferBytes % lineBytes === 0 && (strideBytes <= lineBytes || (strideBytes % lineBytes === 0 && bufferBytes % strideBytes === 0));
}

function visitsOf(walk: StrideWalk, { lineBytes }: CacheGeometry): Visits {
  const { strideBytes, loads, bufferBytes } = walk;
  const unitBytes = Math.max(strideBytes, lineBytes);
  const last = (loads - 1) * strideBytes;
  return { lines: bufferBytes / unitBytes, unitBytes, wholePasses: Math.floor(last / bufferBytes), begun: Math.floor((last % bufferBytes) / unitBytes) + 1 };
}

/** How many of the visited lines fall into each set, for the first `count` of a pass. */
function linesOfSets({ unitBytes }: Visits, count: number, { sets, lineBytes }: CacheGeometry): Int32Array {
  const lines = new Int32Array(sets);
  for (let visit = 0; visit < count; visit++) lines[((visit * unitBytes) / lineBytes) % sets] = (lines[((visit * unitBytes) / lineBytes) % sets] ?? 0) + 1;
  return lines;
}

/**
 * How many loads of a walk miss in a cache that was empty before: a set whose lines fit its ways misses each once; in one that has more lines
 * than ways the line that comes next is always the one that was thrown out last but so many, so that every visit misses.
 * Throws RangeError for a walk whose truth is not known.
 */
export function strideMisses(walk: StrideWalk, cache: CacheGeometry): number {
  if (!hasStrideTruth(walk, cache)) throw new RangeError(`no truth for a stride of ${walk.strideBytes} bytes in lines of ${cache.lineBytes}`);
  if (walk.loads === 0) return 0;
  const visits = visitsOf(walk, cache);
  const whole = linesOfSets(visits, visits.lines, cache);
  const begun = linesOfSets(visits, visits.begun, cache);
  let misses = 0;
  for (const [set, lines] of whole.entries()) {
    const inLastPass = begun[set] ?? 0;
    if (lines > cache.ways) misses += lines * visits.wholePasses + inLastPass;
    else misses += visits.wholePasses > 0 ? lines : inLastPass;
  }
  return misses;
}

/**
 * The same for a second cache, which is asked for what misses in the first. In the first all sets must be alike: all fit, or none does, as it
 * is when sizes and strides are powers of two. Throws RangeError otherwise.
 */
export function secondMisses(walk: StrideWalk, first: CacheGeometry, second: CacheGeometry): number {
  if (!hasStrideTruth(walk, first) || !hasStrideTruth(walk, second)) throw new RangeError('no truth for this walk');
  const visits = visitsOf(walk, first);
  const lines = [...linesOfSets(visits, visits.lines, first)].filter((count) => count > 0);
  const fits = lines.every((count) => count <= first.ways);
  if (!fits && lines.some((count) => count <= first.ways)) throw new RangeError('some sets of the first cache fit and some do not');
  // What fits the first cache comes once to the second, and is new there.
  return fits ? strideMisses(walk, first) : strideMisses(walk, second);
}
