import { os } from '../implementer.ts';
import type { InstrumentsService } from './instruments.ts';

export function instrumentsProcedures(service: InstrumentsService) {
  return {
    list: os.instruments.list.handler(() => service.list()),
    calibrate: os.instruments.calibrate.handler(({ input }) => service.calibrate(input.boots)),
  };
}
