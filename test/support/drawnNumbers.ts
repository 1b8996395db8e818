import { randomInt } from 'node:crypto';

/** Draws whole numbers from `low` to `high`, both included. */
export type Draw = (low: number, high: number) => number;

/**
 * Numbers that no source file knows, and that can be drawn again: the seed is printed, and PETRI_SEED sets it.
 * The generator is mulberry32 (public domain): 32 bits of state, good enough to pick amounts of work.
 */
export function drawNumbers(what: string): Draw {
  const seed = Number(process.env['PETRI_SEED'] ?? randomInt(2 ** 31));
  process.stdout.write(`${what}: seed ${String(seed)} (repeat with PETRI_SEED=${String(seed)})\n`);
  let state = seed >>> 0;
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) % (high - low + 1));
  };
}
