import { os } from '../implementer.ts';
import type { SystemService } from './system.ts';

export function systemProcedures(service: SystemService) {
  return {
    hello: os.system.hello.handler(({ input }) => service.hello(input)),
    shutdown: os.system.shutdown.handler(({ input }) => service.shutdown(input.guests)),
    listen: os.system.listen.handler(({ input }) => service.door().listen(input.port)),
    stopListening: os.system.stopListening.handler(() => service.door().stopListening()),
  };
}
