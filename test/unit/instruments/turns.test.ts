import { describe, expect, it } from 'vitest';
import { createTurns, unlessAborted } from '../../../electron/lab/instruments/turns.ts';

const patient = new AbortController().signal;

describe('turns', () => {
  it('are given one after the other, in the order in which they were asked for', async () => {
    const turns = createTurns(() => Promise.resolve());
    const order: string[] = [];
    const [first, second, third] = [turns.take(patient), turns.take(patient), turns.take(patient)];
    const began = [second.then(() => order.push('second')), third.then(() => order.push('third'))];
    const endFirst = await first;
    expect(order).toEqual([]);
    endFirst();
    (await second)();
    await Promise.all(began);
    expect(order).toEqual(['second', 'third']);
    (await third)();
  });

  it('pass on when somebody in the queue does not want to wait any more', async () => {
    const turns = createTurns(() => Promise.resolve());
    const leaving = new AbortController();
    const endFirst = await turns.take(patient);
    const second = turns.take(leaving.signal);
    const third = turns.take(patient);
    leaving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    endFirst();
    (await third)();
  });
});

describe('a turn', () => {
  it('begins when what the lab boots for itself has ended', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turns = createTurns(() => ended);
    const order: string[] = [];
    const mine = turns.take(patient).then((over) => {
      order.push('mine');
      over();
    });
    await Promise.resolve();
    order.push('the other boots end');
    end();
    await mine;
    expect(order).toEqual(['the other boots end', 'mine']);
  });
});

describe('waiting for what nobody can hurry', () => {
  const never = new Promise<void>(() => undefined);

  it('ends with it, or with the signal, also one that had aborted before', async () => {
    const leaving = new AbortController();
    const waiting = unlessAborted(never, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(unlessAborted(never, leaving.signal)).rejects.toThrow('gone');
    await expect(unlessAborted(Promise.resolve(), patient)).resolves.toBeUndefined();
  });
});
