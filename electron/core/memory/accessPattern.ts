import type { MemoryPicture } from '../../contract/metrics.ts';
import type { ModelCounters } from '../traces/traceEvent.ts';

export type AccessPattern = NonNullable<MemoryPicture['model']>['accessPattern'];
type Strides = ModelCounters['strides'];

/** One kind of movement makes the pattern when it is twice as frequent as all others together. */
const MOST = 2 / 3;
/** Fewer movements say nothing. */
const FEWEST = 1_000;

/**
 * How instructions move through memory, by the distance of each access to the one before by the same instruction. Those that stay where
 * they are do not count. Of the others two thirds must be
 * - at most 8 bytes away: `sequential`, one element after the other;
 * - 9 to 4096 bytes away, within a line or to other lines: `strided`, from record to record or row to row within a page, which a prefetcher can still follow;
 * - farther: `random`. A regular walk over more than a page counts so too, because no prefetcher goes on over the end of a page (Intel 64
 *   and IA-32 Architectures Optimization Reference Manual, "Data Prefetching": 4 KiB for the streamer, 2 KiB for the stride prefetcher).
 * Else it is `mixed`; with fewer than 1,000 movements `unknown`.
 */
export function accessPattern({ word, line, page, far }: Strides): AccessPattern {
  const moves = word + line + page + far;
  if (moves < FEWEST) return 'unknown';
  if (word >= MOST * moves) return 'sequential';
  if (line + page >= MOST * moves) return 'strided';
  return far >= MOST * moves ? 'random' : 'mixed';
}

/**
 * 0 to 1: the part of accesses that were less than a cache line (64 bytes) from the one before by the same instruction, those to the same
 * place included. Null without accesses. A walk from line to line, 64 bytes on each time, uses nothing of a line again and has 0.
 */
export function spatialLocality({ same, word, line, page, far }: Strides): number | null {
  const all = same + word + line + page + far;
  return all === 0 ? null : (same + word + line) / all;
}
