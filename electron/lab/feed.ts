import { DeclaredError } from '../contract/errors.ts';

/** News for any number of subscribers; none of them can slow the publisher. */
export interface Feed<Event> {
  publish(event: Event): void;
  /**
   * Receives all events from this call on, even those before the first `next()`. It ends when the signal aborts, when
   * `return()` is called or when the feed is closed, and fails with SUBSCRIBER_BEHIND when its queue is full. `first`
   * are received before all others.
   */
  subscribe(signal?: AbortSignal, ...first: Event[]): AsyncGenerator<Event, void, undefined>;
  readonly subscribers: number;
  close(): void;
}

export interface FeedOptions {
  /** How many events may wait for one subscriber. */
  readonly limit?: number;
  /** For events that are whole states: only the newest waits, and nobody can fall behind. */
  readonly newestOnly?: boolean;
}

/** Of something that is over: only what comes first is received. */
export function closedFeed<Event>(): Feed<Event> {
  const feed = createFeed<Event>();
  feed.close();
  return feed;
}

interface Subscription<Event> {
  readonly push: (event: Event) => void;
  readonly end: () => void;
}

export function createFeed<Event>(options: FeedOptions = {}): Feed<Event> {
  const subscriptions = new Set<Subscription<Event>>();
  let closed = false;

  return {
    publish(event) {
      for (const subscription of [...subscriptions]) subscription.push(event);
    },
    subscribe(signal, ...first) {
      const { generator, subscription } = createSubscription<Event>(options, () => {
        subscriptions.delete(subscription);
        signal?.removeEventListener('abort', subscription.end);
      });
      subscriptions.add(subscription);
      for (const event of first) subscription.push(event);
      signal?.addEventListener('abort', subscription.end);
      if (closed || signal?.aborted === true) subscription.end();
      return generator;
    },
    get subscribers() {
      return subscriptions.size;
    },
    close() {
      closed = true;
      for (const subscription of [...subscriptions]) subscription.end();
    },
  };
}

/**
 * What a watch procedure answers: a snapshot, then every change after it. Both are taken in one step, so nothing is
 * lost or told twice between them.
 */
export function watch<Event>(feed: Feed<Event>, snapshot: () => Event, signal?: AbortSignal): AsyncGenerator<Event, void, undefined> {
  return feed.subscribe(signal, snapshot());
}

/**
 * A generator made by hand: one of the language begins to run at its first `next()`, and its `return()` waits for a
 * pending `next()`, so a subscriber that leaves a silent feed would stay for ever.
 */
function createSubscription<Event>(options: FeedOptions, leave: () => void) {
  const { limit = 1_000, newestOnly = false } = options;
  const finished: IteratorReturnResult<void> = { done: true, value: undefined };
  let queue: Event[] = [];
  let waiting: ((result: IteratorResult<Event, void>) => void)[] = [];
  let state: 'open' | 'ended' | 'behind' = 'open';

  const finish = (how: 'ended' | 'behind'): void => {
    if (state !== 'open') return;
    state = how;
    leave();
    for (const answer of waiting) answer(finished);
    waiting = [];
  };
  const subscription: Subscription<Event> = {
    push(event) {
      const answer = waiting.shift();
      if (answer !== undefined) {
        answer({ done: false, value: event });
        return;
      }
      if (newestOnly) queue = [];
      queue.push(event);
      if (queue.length > limit) finish('behind');
    },
    end: () => finish('ended'),
  };
  const stop = (): Promise<IteratorReturnResult<void>> => {
    queue = [];
    finish('ended');
    state = 'ended';
    return Promise.resolve(finished);
  };
  const generator: AsyncGenerator<Event, void, undefined> = {
    next() {
      if (state === 'behind') {
        state = 'ended';
        queue = [];
        return Promise.reject(new DeclaredError('SUBSCRIBER_BEHIND', { limit }));
      }
      if (queue.length > 0) return Promise.resolve({ done: false, value: queue.shift() as Event });
      if (state === 'ended') return Promise.resolve(finished);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: stop,
    throw: async (error: unknown) => {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
  return { generator, subscription };
}
