import { os } from '../implementer.ts';
import type { ContainersService } from './containers.ts';

export function containersProcedures(service: ContainersService) {
  const { containers } = os;
  return {
    get: containers.get.handler(() => service.get()),
    refresh: containers.refresh.handler(() => service.refresh()),
    choose: containers.choose.handler(({ input }) => service.choose(input.engine)),
    build: containers.build.handler(({ input }) => service.build(input.recipe, input.base)),
    buildLog: containers.buildLog.handler(({ input, signal }) => service.buildLog(input.task, signal)),
    removeImage: containers.removeImage.handler(({ input }) => service.removeImage(input.recipe)),
    createNetwork: containers.createNetwork.handler(({ input }) => service.createNetwork(input.name, input.subnet)),
    removeNetwork: containers.removeNetwork.handler(({ input }) => service.removeNetwork(input.name)),
    createVolume: containers.createVolume.handler(({ input }) => service.createVolume(input.name)),
    removeVolume: containers.removeVolume.handler(({ input }) => service.removeVolume(input.name)),
    exportCompose: containers.exportCompose.handler(async ({ input }) => ({ yaml: await service.compose.exportGroup(input.group) })),
    readCompose: containers.readCompose.handler(({ input }) => {
      const { group, guests, ignored, digest } = service.compose.read(input.yaml);
      return { group, guests: guests.map(({ name, architecture }) => ({ name, architecture })), ignored: [...ignored], digest };
    }),
    importCompose: containers.importCompose.handler(({ input }) => service.compose.import(input.yaml)),
    watch: containers.watch.handler(({ signal }) => service.watch(signal)),
  };
}
