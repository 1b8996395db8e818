import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import { createFeed, watch } from '../../../electron/lab/feed.ts';
import { declareFailures, os } from '../../../electron/lab/implementer.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';
import { completeSettings } from '../../../electron/core/settings/settings.ts';

/** Two procedures that throw what they are given, behind the lab's edge. */
function failingLab(error: unknown) {
  const records: LogRecord[] = [];
  const fail = (): never => {
    throw error;
  };
  const edge = os.use(declareFailures((record) => void records.push(record)));
  const get = edge.settings.get.handler(fail);
  const update = edge.settings.update.handler(fail);
  const follow = edge.settings.watch.handler(async function* () {
    yield completeSettings({});
    await Promise.resolve();
    fail();
  });
  return { client: createRouterClient({ get, update, watch: follow }), records };
}

describe('the edge of the lab', () => {
  it('gives a declared error its code, its status, its words and its details', async () => {
    const { client, records } = failingLab(new DeclaredError('DISK_FULL', { path: '/data', availableBytes: 0 }));
    await expect(client.get()).rejects.toMatchObject({
      defined: true,
      code: 'DISK_FULL',
      status: 507,
      message: 'The disk that holds /data is full.',
      data: { path: '/data', availableBytes: 0 },
    });
    expect(records).toEqual([]);
  });

  it('names each field of an input that does not fit, before the procedure sees it', async () => {
    const { client } = failingLab(new Error('must not be reached'));
    await expect(client.update({ theme: 'pink', measurementRuns: 0 } as never)).rejects.toMatchObject({
      defined: true,
      code: 'INPUT_INVALID',
      status: 400,
      data: { issues: [{ path: 'theme' }, { path: 'measurementRuns' }] },
    });
  });

  it('hides what nobody expected behind a reference, and logs it with its cause and stack', async () => {
    const { client, records } = failingLab(new Error('a secret path', { cause: new TypeError('the cause') }));
    const error: unknown = await client.get().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ defined: true, code: 'UNEXPECTED', status: 500 });
    const { reference } = (error as { data: { reference: string } }).data;
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(records).toMatchObject([
      { level: 'error', details: { reference, error: { message: 'a secret path', stack: expect.stringContaining('implementer.test.ts') as string, cause: { name: 'TypeError', message: 'the cause' } } } },
    ]);
  });

  it('does the same for a subscription that fails after its first event', async () => {
    const { client, records } = failingLab(new DeclaredError('NOT_FOUND', { noun: 'run', id: 'x' }));
    const events = await client.watch();
    expect((await events.next()).done).toBe(false);
    await expect(events.next()).rejects.toMatchObject({ defined: true, code: 'NOT_FOUND', data: { noun: 'run', id: 'x' } });
    expect(records).toEqual([]);
  });

  it('lets a subscriber leave a silent subscription', async () => {
    const feed = createFeed<ReturnType<typeof completeSettings>>();
    const procedure = os.use(declareFailures(() => undefined)).settings.watch.handler(({ signal }) => watch(feed, () => completeSettings({}), signal));
    const client = createRouterClient({ watch: procedure });
    const events = await client.watch();
    await events.next();
    const waiting = events.next();
    await events.return();
    expect(await waiting).toMatchObject({ done: true });
    expect(feed.subscribers).toBe(0);
  });
});
