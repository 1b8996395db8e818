import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../electron/lab/instruments/turns.ts';

describe('turns', () => {
  it('are given one after the other, and one who no longer wants to wait holds up nobody', async () => {
    const turns = createTurns();
    const never = new AbortController().signal;
    const impatient = new AbortController();
    const order: string[] = [];
    const endFirst = await turns.take(never);
    const second = turns.take(impatient.signal).catch((error: unknown) => order.push(`second: ${String(error)}`));
    const third = turns.take(never).then((end) => {
      order.push('third');
      end();
    });
    impatient.abort(new Error('enough'));
    await second;
    order.push('first ends');
    endFirst();
    await third;
    expect(order).toEqual(['second: Error: enough', 'first ends', 'third']);
  });

  it('are refused at once to one who was cancelled before', async () => {
    await expect(createTurns().take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
