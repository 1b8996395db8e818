import { DeclaredError } from '../contract/errors.ts';

/** A bucket that holds twice what flows in each second: a page loads in a burst, a flood does not go through. */
export function createRateLimit(limitPerSecond: number, now: () => number = () => performance.now()) {
  const capacity = 2 * limitPerSecond;
  let tokens = capacity;
  let filledAt = now();
  return {
    /** Throws TOO_MANY_REQUESTS. */
    take(): void {
      const at = now();
      tokens = Math.min(capacity, tokens + ((at - filledAt) / 1_000) * limitPerSecond);
      filledAt = at;
      if (tokens < 1) throw new DeclaredError('TOO_MANY_REQUESTS', { limitPerSecond });
      tokens -= 1;
    },
  };
}
export type RateLimit = ReturnType<typeof createRateLimit>;
