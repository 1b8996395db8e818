import { os } from '../implementer.ts';
import type { HostsService } from './hosts.ts';

export function hostsProcedures(service: HostsService) {
  return {
    fingerprint: os.hosts.fingerprint.handler(() => service.fingerprint()),
    capabilities: os.hosts.capabilities.handler(() => service.capabilities()),
    test: os.hosts.test.handler(({ input }) => service.test(input.id)),
    watch: os.hosts.watch.handler(({ signal }) => service.watch(signal)),
  };
}
