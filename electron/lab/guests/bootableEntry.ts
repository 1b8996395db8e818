import { DeclaredError } from '../../contract/errors.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { CatalogEntryWithImages } from './definitions.ts';

/**
 * An entry of which a guest can be made without an installation. Throws IMAGE_NOT_FETCHED, and ENTRY_NOT_INSTALLED for a
 * system that boots from its disk or medium alone: a guest without them would be an empty machine.
 */
export function bootableEntry(catalog: Pick<CatalogService, 'get' | 'boot' | 'reference'>, id: string): CatalogEntryWithImages {
  const entry = catalog.get(id);
  if (entry.boot.kernel !== null) return { ...entry, boot: catalog.boot(id) };
  for (const image of entry.images) catalog.reference(id, image.id);
  throw new DeclaredError('ENTRY_NOT_INSTALLED', { entry: id, name: entry.name, images: entry.images.map(({ name }) => name) });
}
