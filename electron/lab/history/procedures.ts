import { os } from '../implementer.ts';
import type { HistoryService } from './history.ts';

export function historyProcedures({ watch, range, endpoint }: HistoryService) {
  return {
    watch: os.history.watch.handler(({ signal }) => watch(signal)),
    range: os.history.range.handler(({ input }) => range(input)),
    metricsEndpoint: os.history.metricsEndpoint.handler(() => endpoint.state()),
    listen: os.history.listen.handler(({ input }) => endpoint.listen(input.port)),
    silence: os.history.silence.handler(() => endpoint.silence()),
    watchEndpoint: os.history.watchEndpoint.handler(({ signal }) => endpoint.watch(signal)),
  };
}
