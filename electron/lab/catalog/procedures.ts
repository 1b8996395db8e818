import { os } from '../implementer.ts';
import type { CatalogService } from './catalog.ts';

export function catalogProcedures(service: CatalogService) {
  return { list: os.catalog.list.handler(() => service.list()) };
}
