import type { RandomGenerator } from './randomGenerator.ts';

/** The two in the middle of some numbers in [0, 1), both the same where they are odd in number. */
export interface Middle {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Draws the middle of `count` uniform numbers without drawing them all: the k-th smallest of n has the distribution
 * Beta(k, n + 1 - k), and those below it are uniform up to it (David and Nagaraja, Order Statistics, 2003, sections 2.1 and 2.5).
 */
export function drawMiddle(count: number, random: RandomGenerator): Middle {
  const below = Math.floor(count / 2);
  const upper = drawBeta(below + 1, count - below, random);
  // The largest of `below` uniform numbers in [0, upper).
  return { lower: count % 2 === 1 ? upper : upper * (1 - random()) ** (1 / below), upper };
}

/** From two gammas (Devroye, Non-Uniform Random Variate Generation, 1986, section IX.3). */
function drawBeta(a: number, b: number, random: RandomGenerator): number {
  const one = drawGamma(a, random);
  return one / (one + drawGamma(b, random));
}

/** For a shape of 1 and more, after Marsaglia and Tsang, ACM TOMS 26 (2000). */
function drawGamma(shape: number, random: RandomGenerator): number {
  const size = shape - 1 / 3;
  const scale = 1 / Math.sqrt(9 * size);
  for (;;) {
    const normal = drawNormal(random);
    const cube = (1 + scale * normal) ** 3;
    if (cube > 0 && Math.log(1 - random()) < normal ** 2 / 2 + size * (1 - cube + Math.log(cube))) return size * cube;
  }
}

/** After Box and Muller. */
function drawNormal(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
