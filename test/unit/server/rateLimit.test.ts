import { expect, test } from 'vitest';
import { createRateLimit } from '../../../electron/server/rateLimit.ts';

test('a rate limit lets a burst through, then as many a second as it says', () => {
  let now = 0;
  const limit = createRateLimit(10, () => now);
  for (let index = 0; index < 20; index += 1) limit.take();
  expect(() => limit.take()).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS', details: { limitPerSecond: 10 } }));
  now += 500;
  for (let index = 0; index < 5; index += 1) limit.take();
  expect(() => limit.take()).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
});
