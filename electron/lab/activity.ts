/** Why the lab has to stay: somebody looks, something runs, something is being done. */
export type Occupation = 'client' | 'guest' | 'task';

/** Who keeps the lab alive. */
export interface Activity {
  /** Call the result once when the client left, the guest ended or the task is over; further calls do nothing. */
  hold(occupation: Occupation): () => void;
  counts(): Readonly<Record<Occupation, number>>;
  readonly idle: boolean;
  /**
   * Calls the listener each time that nothing has held the lab for so long without a break; a lab that nobody has
   * used yet is idle from the start. Returns the way to stop listening.
   */
  onIdle(milliseconds: number, listener: () => void): () => void;
}

export function createActivity(): Activity {
  const counts: Record<Occupation, number> = { client: 0, guest: 0, task: 0 };
  const watchers = new Set<{ start(): void; stop(): void }>();
  const isIdle = (): boolean => Object.values(counts).every((count) => count === 0);

  return {
    hold(occupation) {
      let held = true;
      counts[occupation] += 1;
      for (const watcher of watchers) watcher.stop();
      return () => {
        if (!held) return;
        held = false;
        counts[occupation] -= 1;
        if (isIdle()) for (const watcher of watchers) watcher.start();
      };
    },
    counts: () => ({ ...counts }),
    get idle() {
      return isIdle();
    },
    onIdle(milliseconds, listener) {
      let timer: NodeJS.Timeout | undefined;
      const watcher = {
        start: () => void (timer = setTimeout(listener, milliseconds)),
        stop: () => clearTimeout(timer),
      };
      watchers.add(watcher);
      if (isIdle()) watcher.start();
      return () => {
        watchers.delete(watcher);
        watcher.stop();
      };
    },
  };
}
