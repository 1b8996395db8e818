import { os } from '../implementer.ts';
import type { CatalogService } from './catalog.ts';

export function catalogProcedures(service: CatalogService) {
  const { catalog } = os;
  return {
    list: catalog.list.handler(() => service.list()),
    get: catalog.get.handler(() => service.state()),
    fetch: catalog.fetch.handler(({ input }) => service.fetch(input.entry, input.image)),
    discard: catalog.discard.handler(({ input }) => service.discard(input.entry, input.image)),
    addImage: catalog.addImage.handler(({ input }) => service.addImage(input.path, input.name)),
    removeImage: catalog.removeImage.handler(({ input }) => service.removeImage(input.digest)),
    addEntry: catalog.addEntry.handler(({ input }) => service.addEntry(input.path)),
    removeEntry: catalog.removeEntry.handler(({ input }) => service.removeEntry(input.id)),
    watch: catalog.watch.handler(({ signal }) => service.watch(signal)),
  };
}
