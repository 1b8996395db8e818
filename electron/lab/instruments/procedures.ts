import { os } from '../implementer.ts';
import type { InstrumentsService } from './instruments.ts';
import type { ProcessTraces } from './processTraces.ts';

export function instrumentsProcedures(service: InstrumentsService, processes: ProcessTraces) {
  return {
    list: os.instruments.list.handler(() => service.list()),
    calibrate: os.instruments.calibrate.handler(({ input }) => service.calibrate(input.boots)),
    traceProcesses: os.instruments.traceProcesses.handler(({ input }) => processes.start(input)),
    processTrace: os.instruments.processTrace.handler(({ input }) => processes.result(input.task)),
  };
}
