import { normalTails } from '../../../../electron/core/statistics/normal.ts';
import type { RandomGenerator } from '../../../../electron/core/statistics/randomGenerator.ts';

/** How values are spread; each has a known median. */
export const shapes = ['normal', 'log-normal', 'bimodal', 'heavy tail with outliers'] as const;
export type Shape = (typeof shapes)[number];

/** A spread before it is moved and scaled. */
interface Spread {
  readonly draw: (random: RandomGenerator) => number;
  readonly median: number;
  readonly deviation: number;
}

/** Seven of ten boots are quick, three are slow by four of their standard deviations. */
const MODES = { share: 0.3, distance: 4 };
/** One boot of twenty is late by ten. */
const OUTLIERS = { share: 0.05, distance: 10 };

const spreads: Readonly<Record<Exclude<Shape, 'log-normal'>, Spread>> = {
  normal: { draw: drawNormal, median: 0, deviation: 1 },
  bimodal: mixture(drawNormal, normalBelow, 1, MODES),
  'heavy tail with outliers': mixture(drawStudent3, student3Below, 3, OUTLIERS),
};

/** Draws values whose median is 1 and whose standard deviation is `variation`. */
export function drawFrom(shape: Shape, variation: number, random: RandomGenerator): number {
  if (shape === 'log-normal') return Math.exp(Math.sqrt(Math.log(1 + variation ** 2)) * drawNormal(random));
  const { draw, median, deviation } = spreads[shape];
  return 1 + (variation * (draw(random) - median)) / deviation;
}

/** A share of the values is moved by a distance. */
function mixture(draw: Spread['draw'], below: (x: number) => number, variance: number, moved: { share: number; distance: number }): Spread {
  const { share, distance } = moved;
  return {
    draw: (random) => draw(random) + (random() < share ? distance : 0),
    median: solve((x) => (1 - share) * below(x) + share * below(x - distance) - 0.5),
    deviation: Math.sqrt(variance + distance ** 2 * share * (1 - share)),
  };
}

/** By Box and Muller. */
export function drawNormal(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Student's t with three degrees of freedom: its fourth moment is infinite. */
function drawStudent3(random: RandomGenerator): number {
  const chiSquared = drawNormal(random) ** 2 + drawNormal(random) ** 2 + drawNormal(random) ** 2;
  return drawNormal(random) / Math.sqrt(chiSquared / 3);
}

export function normalBelow(x: number): number {
  return x < 0 ? normalTails(x) / 2 : 1 - normalTails(x) / 2;
}

function student3Below(x: number): number {
  const scaled = x / Math.sqrt(3);
  return 0.5 + (scaled / (1 + scaled ** 2) + Math.atan(scaled)) / Math.PI;
}

/** Where a rising function is 0, between -50 and 50. */
export function solve(rising: (x: number) => number): number {
  let [low, high] = [-50, 50];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
