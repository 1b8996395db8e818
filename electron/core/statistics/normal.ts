/** 97.5 % of the standard normal distribution lie below it: both tails together have 5 %. */
export const NORMAL_975 = 1.959963984540054;
/** 80 % lie below it. */
export const NORMAL_80 = 0.8416212335729143;

/** How probable it is that a standard normal value is farther from 0 than `z` on either side. */
export function normalTails(z: number): number {
  return complementaryError(Math.abs(z) / Math.SQRT2);
}

/** erfc by Numerical Recipes' Chebyshev fit (Press et al., 1992, 6.2): relative error below 1.2e-7, so tails stay right. */
function complementaryError(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const series = coefficients.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  return Math.min(1, t * Math.exp(-x * x + series));
}
