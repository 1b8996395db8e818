/** A stream of numbers in [0, 1). */
export type RandomGenerator = () => number;

/**
 * The generator xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32. The same seed gives the same numbers
 * in every shell, so that a summary computed in the lab, in the page and in a report is the same to the last digit.
 */
export function createRandomGenerator(seed: number): RandomGenerator {
  const next = splitmix32(seed);
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result / 2 ** 32;
  };
}

/** Shuffles a copy (Fisher–Yates). */
export function shuffle<Item>(items: readonly Item[], random: RandomGenerator): Item[] {
  const left = [...items];
  const shuffled: Item[] = [];
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1));
  return shuffled;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Spreads a seed over 32 bits; seeds above 2^32 count with their high half too. */
function splitmix32(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
