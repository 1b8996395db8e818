export type Turns = ReturnType<typeof createTurns>;

/**
 * One measurement or calibration at a time: two would disturb each other's times, as does what the lab boots for itself,
 * the end of which `otherBootsEnded` tells. `take` resolves when all that has ended, with the way to end one's own turn;
 * it rejects with the signal's reason when somebody does not want to wait any more.
 */
export function createTurns(otherBootsEnded: () => Promise<void>) {
  let last: Promise<void> = Promise.resolve();
  return {
    async take(signal: AbortSignal): Promise<() => void> {
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      const before = last;
      last = before.then(() => over);
      try {
        await unlessAborted(before, signal);
        await unlessAborted(otherBootsEnded(), signal);
        return end;
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}

/** Waits for something that nobody here can hurry; rejects with the signal's reason when it aborts first. */
export async function unlessAborted(awaited: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  awaited.then(resolve, reject);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
