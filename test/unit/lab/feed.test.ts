import { describe, expect, it } from 'vitest';
import { createFeed, watch } from '../../../electron/lab/feed.ts';

describe('a feed', () => {
  it('gives every subscriber every event in order, from the subscription on', async () => {
    const feed = createFeed<number>();
    feed.publish(0);
    const [a, b] = [feed.subscribe(), feed.subscribe()];
    for (const event of [1, 2, 3]) feed.publish(event);
    for (const subscriber of [a, b]) expect([await subscriber.next(), await subscriber.next(), await subscriber.next()].map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('wakes a subscriber that waits', async () => {
    const feed = createFeed<string>();
    const subscriber = feed.subscribe();
    const next = subscriber.next();
    feed.publish('news');
    expect(await next).toEqual({ done: false, value: 'news' });
  });

  it.each([
    ['return', (subscriber: AsyncGenerator<number>) => subscriber.return(undefined)],
    ['throw', (subscriber: AsyncGenerator<number>) => subscriber.throw(new Error('gone')).catch(() => undefined)],
    ['dispose', (subscriber: AsyncGenerator<number>) => subscriber[Symbol.asyncDispose]()],
  ])('lets a subscriber go by %s while it waits, and forgets it', async (_, leave) => {
    const feed = createFeed<number>();
    const subscriber = feed.subscribe();
    const waiting = subscriber.next();
    await leave(subscriber);
    expect(await waiting).toMatchObject({ done: true });
    expect(feed.subscribers).toBe(0);
  });

  it('lets a subscriber go when its signal aborts, also before it began to read', async () => {
    const feed = createFeed<number>();
    const [leaving, gone] = [new AbortController(), AbortSignal.abort()];
    const subscriber = feed.subscribe(leaving.signal);
    const late = feed.subscribe(gone);
    leaving.abort();
    expect([await subscriber.next(), await late.next()]).toMatchObject([{ done: true }, { done: true }]);
    expect(feed.subscribers).toBe(0);
  });

  it('ends a subscriber that falls behind with an error and does not slow the others', async () => {
    const feed = createFeed<number>({ limit: 3 });
    const slow = feed.subscribe();
    const quick = feed.subscribe();
    for (let event = 0; event < 10; event += 1) {
      feed.publish(event);
      expect(await quick.next()).toEqual({ done: false, value: event });
    }
    expect(feed.subscribers).toBe(1);
    await expect(slow.next()).rejects.toMatchObject({ code: 'SUBSCRIBER_BEHIND', details: { limit: 3 } });
    expect(await slow.next()).toMatchObject({ done: true });
  });

  it('keeps only the newest state for a slow subscriber of states', async () => {
    const feed = createFeed<number>({ newestOnly: true, limit: 1 });
    const slow = feed.subscribe();
    for (let state = 0; state < 10_000; state += 1) feed.publish(state);
    expect(await slow.next()).toEqual({ done: false, value: 9_999 });
  });

  it('ends everyone when it is closed, after what they had not read yet', async () => {
    const feed = createFeed<number>();
    const subscriber = feed.subscribe();
    feed.publish(1);
    feed.close();
    expect([await subscriber.next(), await subscriber.next()]).toMatchObject([{ value: 1 }, { done: true }]);
    expect(await feed.subscribe().next()).toMatchObject({ done: true });
    expect(feed.subscribers).toBe(0);
  });
});

describe('watching', () => {
  it('begins with a snapshot and continues with what changed after it, nothing lost and nothing twice', async () => {
    const feed = createFeed<number>();
    let state = 1;
    const change = (next: number): void => {
      state = next;
      feed.publish(state);
    };
    const watched = watch(feed, () => state);
    change(2);
    change(3);
    expect([await watched.next(), await watched.next(), await watched.next()].map(({ value }) => value)).toEqual([1, 2, 3]);
    await watched.return();
    expect(feed.subscribers).toBe(0);
  });
});
