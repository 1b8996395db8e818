/** A linear axis whose ends are multiples of its step. */
export interface LinearAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** The smallest axis over `low`…`high` with steps of 1, 2, 2.5 or 5 times a power of ten, about `count` of them. */
export function linearAxis(low: number, high: number, count: number): LinearAxis {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  const step = niceStep(span / Math.max(count, 1));
  const min = clean(Math.floor(low / step + 1e-9) * step);
  const max = clean(Math.ceil(high / step - 1e-9) * step);
  return { min, max: max > min ? max : clean(min + step), step };
}

/** The axis' marks from `min` to `max`. */
export function marks({ min, max, step }: LinearAxis): number[] {
  return Array.from({ length: Math.round((max - min) / step) + 1 }, (_, index) => clean(min + index * step));
}

/** A mark of the axis as text: no more decimals than its step has, and a true minus sign. */
export function markText(value: number, step: number): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const needed = Number((step * 10 ** decimals).toPrecision(3)) % 1 === 0 ? decimals : decimals + 1;
  return clean(value).toFixed(needed).replace(/^-/, '−');
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return clean(factor * power);
}

/** Takes away what binary fractions add: 0.30000000000000004. */
function clean(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}
