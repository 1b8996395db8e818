import { os } from '../implementer.ts';
import type { PublishedService } from './published.ts';

export function publishedProcedures(service: PublishedService) {
  return {
    list: os.published.list.handler(() => service.list()),
    saveBaseline: os.published.saveBaseline.handler(({ input }) => service.saveBaseline(input.run, input.name)),
    removeBaseline: os.published.removeBaseline.handler(({ input }) => service.removeBaseline(input.run)),
  };
}
