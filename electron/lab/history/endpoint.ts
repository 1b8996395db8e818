import type { MetricsEndpoint } from '../../contract/history.ts';
import { listenForMetrics, METRICS_PATH } from '../../host/history/metricsListener.ts';
import { LOOPBACK } from '../../host/network/freePort.ts';
import { createFeed, watch } from '../feed.ts';

/** The text endpoint: off until somebody asks, and off again with the lab. */
export interface Endpoint {
  state(): MetricsEndpoint;
  /** Moves to another port when it listens already. Throws PORT_TAKEN, and then it is as it was. */
  listen(port: number): Promise<MetricsEndpoint>;
  silence(): Promise<MetricsEndpoint>;
  watch(signal?: AbortSignal): AsyncGenerator<MetricsEndpoint>;
  dispose(): Promise<void>;
}

const SILENT: MetricsEndpoint = { listening: false, port: null, address: null };

export function createEndpoint(text: () => string): Endpoint {
  const feed = createFeed<MetricsEndpoint>({ newestOnly: true });
  let state = SILENT;
  let close: (() => Promise<void>) | null = null;
  /** One change after the other: two that listen at once would leave one open for ever. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const result = turn.then(act);
    turn = result.catch(() => undefined);
    return result;
  };
  const become = async (next: MetricsEndpoint, nextClose: (() => Promise<void>) | null): Promise<MetricsEndpoint> => {
    const before = close;
    [state, close] = [next, nextClose];
    await before?.();
    feed.publish(state);
    return state;
  };
  return {
    state: () => state,
    listen: (port) =>
      inTurn(async () => {
        if (state.port === port) return state;
        const stop = await listenForMetrics(port, text);
        return become({ listening: true, port, address: `http://${LOOPBACK}:${port}${METRICS_PATH}` }, stop);
      }),
    silence: () => inTurn(() => (state.listening ? become(SILENT, null) : Promise.resolve(state))),
    watch: (signal) => watch(feed, () => state, signal),
    async dispose() {
      await inTurn(() => become(SILENT, null));
      feed.close();
    },
  };
}
