import { describe, expect, it } from 'vitest';
import { hasStrideTruth, secondMisses, strideMisses, type CacheGeometry, type StrideWalk } from '../../../electron/core/calibrations/strideTruth.ts';

const walk = (strideBytes: number, loads: number, bufferBytes = 4096): StrideWalk => ({ strideBytes, loads, bufferBytes });

/** A second opinion, load by load: each set keeps its lines in the order of their last use. Answers the addresses that miss. */
function simulate(addresses: Iterable<number>, { sets, ways, lineBytes }: CacheGeometry): number[] {
  const kept = Array.from({ length: sets }, (): number[] => []);
  const missed: number[] = [];
  for (const address of addresses) {
    const line = Math.floor(address / lineBytes);
    const set = kept[line % sets] as number[];
    const at = set.indexOf(line);
    if (at === -1) missed.push(address);
    else set.splice(at, 1);
    set.push(line);
    if (set.length > ways) set.shift();
  }
  return missed;
}

const addressesOf = ({ strideBytes, loads, bufferBytes }: StrideWalk): number[] => Array.from({ length: loads }, (_, at) => (at * strideBytes) % bufferBytes);

describe('the misses of a walk', () => {
  it.each([
    { what: 'a stride within a line misses once a line', walk: walk(16, 1024), cache: { sets: 4, ways: 2, lineBytes: 64 }, misses: 256 },
    { what: 'a buffer that fits is missed in the first pass only', walk: walk(64, 1000), cache: { sets: 16, ways: 4, lineBytes: 64 }, misses: 64 },
    { what: 'a buffer that is one line too large for its sets is missed at every visit', walk: walk(64, 1000, 4096 + 64 * 16), cache: { sets: 16, ways: 4, lineBytes: 64 }, misses: 1000 },
    { what: 'a long stride crowds few sets, and misses though the lines would fit the cache', walk: walk(1024, 400), cache: { sets: 16, ways: 2, lineBytes: 64 }, misses: 400 },
    { what: 'as many lines as ways stay', walk: walk(1024, 400), cache: { sets: 16, ways: 4, lineBytes: 64 }, misses: 4 },
    { what: 'where sets have lines unevenly, the full ones miss and the others do not', walk: walk(64, 30 * 5, 64 * 5), cache: { sets: 4, ways: 1, lineBytes: 64 }, misses: 30 * 2 + 3 },
    { what: 'a walk that never comes round misses each line once', walk: walk(64, 10), cache: { sets: 1, ways: 1, lineBytes: 64 }, misses: 10 },
    { what: 'a walk without loads misses nothing', walk: walk(64, 0), cache: { sets: 1, ways: 1, lineBytes: 64 }, misses: 0 },
  ])('$what', ({ walk: given, cache, misses }) => {
    expect(strideMisses(given, cache)).toBe(misses);
  });

  it('is, for every stride that has a truth, what a cache that is followed load by load misses', () => {
    const caches: CacheGeometry[] = [{ sets: 1, ways: 4, lineBytes: 16 }, { sets: 8, ways: 2, lineBytes: 16 }, { sets: 4, ways: 3, lineBytes: 32 }, { sets: 2, ways: 16, lineBytes: 64 }, { sets: 64, ways: 1, lineBytes: 32 }];
    let compared = 0;
    for (const cache of caches) {
      for (const bufferBytes of [512, 1024, 1536, 4096]) {
        for (const strideBytes of [1, 3, 7, 16, 17, 24, 32, 64, 128, 256, 512, 1024]) {
          for (const loads of [1, 5, 63, 700, 3001]) {
            const given = walk(strideBytes, loads, bufferBytes);
            if (!hasStrideTruth(given, cache)) continue;
            compared += 1;
            expect(strideMisses(given, cache), JSON.stringify({ given, cache })).toBe(simulate(addressesOf(given), cache).length);
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('is refused where each pass visits other lines', () => {
    expect(hasStrideTruth(walk(96, 10), { lineBytes: 64 })).toBe(false);
    expect(() => strideMisses(walk(96, 10), { sets: 1, ways: 1, lineBytes: 64 })).toThrow(RangeError);
  });
});

describe('the misses of a second cache', () => {
  it('is what a second cache misses of what the first one missed', () => {
    const [first, second] = [{ sets: 4, ways: 2, lineBytes: 64 }, { sets: 16, ways: 3, lineBytes: 64 }];
    for (const strideBytes of [5, 32, 64, 256, 1024, 2048, 4096]) {
      for (const loads of [3, 700, 5000]) {
        const given = walk(strideBytes, loads);
        expect(secondMisses(given, first, second), `stride ${strideBytes}`).toBe(simulate(simulate(addressesOf(given), first), second).length);
      }
    }
  });

  it('is refused where the first cache keeps some sets and not others', () => {
    expect(() => secondMisses(walk(64, 100, 64 * 5), { sets: 4, ways: 1, lineBytes: 64 }, { sets: 8, ways: 1, lineBytes: 64 })).toThrow(RangeError);
  });
});
