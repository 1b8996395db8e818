import { os } from '../implementer.ts';
import type { CalibrationsService } from './calibrations.ts';

export function calibrationsProcedures(service: CalibrationsService) {
  return {
    start: os.calibrations.start.handler(({ input }) => service.start(input)),
    cancel: os.calibrations.cancel.handler(({ input }) => service.cancel(input.id)),
    list: os.calibrations.list.handler(() => service.list()),
    get: os.calibrations.get.handler(({ input }) => service.get(input.id)),
    watch: os.calibrations.watch.handler(({ input, signal }) => service.watch(input.id, signal)),
  };
}
