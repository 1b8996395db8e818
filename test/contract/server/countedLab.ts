import { onTestFinished } from 'vitest';
import { settings as settingsSchema, type Settings } from '../../../electron/contract/settings.ts';
import { createFeed, watch } from '../../../electron/lab/feed.ts';
import { declareFailures, os } from '../../../electron/lab/implementer.ts';
import { startServer } from '../../../electron/server/startServer.ts';
import { openTestLab } from '../../support/testLab.ts';

/** A lab whose only procedure is `settings.watch`, from a feed of which the test can count the subscribers. */
export async function openCountedLab() {
  const opened = await openTestLab();
  const feed = createFeed<Settings>();
  const settings = settingsSchema.parse({});
  let waiting: { count: number; resolve: () => void } | null = null;
  const check = (): void => {
    if (waiting !== null && feed.subscribers === waiting.count) waiting.resolve();
  };
  const counted = os.settings.watch.handler(({ signal }) => {
    const events = watch(feed, () => settings, signal);
    signal?.addEventListener('abort', () => setImmediate(check));
    return events;
  });
  const router = os.use(declareFailures(() => undefined)).router({ settings: { watch: counted } } as unknown as Parameters<typeof os.router>[0]);
  const lab = { ...opened.lab, router };
  const socketPath = `${opened.directory}/counted.sock`;
  const server = await startServer({ lab, socketPath, rendererDirectory: opened.directory, report: () => 'reference' });
  onTestFinished(() => server.dispose());
  return {
    lab: { ...opened, lab, server, socketPath },
    subscribers: () => feed.subscribers,
    /** Resolves when the lab's side has so many subscribers. */
    until: (count: number) =>
      new Promise<void>((resolve) => {
        waiting = { count, resolve };
        check();
      }),
  };
}
