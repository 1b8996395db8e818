import { os } from '../implementer.ts';
import type { AcceleratorsService } from './accelerators.ts';

export function acceleratorsProcedures(service: AcceleratorsService) {
  return {
    list: os.accelerators.list.handler(() => service.list()),
    test: os.accelerators.test.handler(({ input }) => service.test(input.architecture)),
    watch: os.accelerators.watch.handler(({ signal }) => service.watch(signal)),
  };
}
