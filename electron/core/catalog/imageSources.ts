import type { CatalogEntry, CatalogImage, ImageReference, ImageSource, LibraryImage } from '../../contract/catalog.ts';

/** Where an image comes from, for people; for one that was fetched it is kept in the library as its `source`. */
export function sourceWords({ id, source }: Pick<CatalogImage, 'id' | 'source'>): string {
  if (source.kind === 'download') return source.url;
  if (source.kind === 'packages') return `${id} made of the packages ${source.packages.join(', ')}`;
  return source.kind === 'shipped' ? source.path : source.hint;
}

/** The image of the library that belongs to one of an entry: fetched for it, or from the same place for another. The newest counts. */
export function fetchedImage(library: readonly LibraryImage[], entry: CatalogEntry, image: CatalogImage): LibraryImage | undefined {
  const own = library.filter((kept) => kept.entry === entry.id && kept.image === image.id);
  const same = library.filter((kept) => image.source.kind !== 'own' && kept.source === sourceWords(image));
  return (own.length > 0 ? own : same).toSorted((one, other) => other.fetchedAt.localeCompare(one.fetchedAt))[0];
}

/** Whether an image can be had without the user's help. */
export const isFetchable = (source: ImageSource): boolean => source.kind !== 'own';

/** How an image that is not here yet is brought: what `IMAGE_NOT_FETCHED` tells to do. A system without a kernel is installed. */
export function wayTo({ boot }: Pick<CatalogEntry, 'boot'>, { role, source }: Pick<CatalogImage, 'role' | 'source'>): 'fetch' | 'install' | 'ownMedium' | 'ownDisk' | 'own' {
  if (isFetchable(source)) return boot.kernel === null ? 'install' : 'fetch';
  return role === 'medium' ? 'ownMedium' : role === 'disk' ? 'ownDisk' : 'own';
}

/** The image as a guest refers to it; undefined for one that is not here yet. */
export function referenceTo(library: readonly LibraryImage[], entry: CatalogEntry, image: CatalogImage): ImageReference | undefined {
  const { source } = image;
  if (source.kind === 'shipped') return { kind: 'shipped', path: source.path, digest: source.digest };
  const found = fetchedImage(library, entry, image);
  return found === undefined ? undefined : { kind: 'library', digest: found.digest, name: found.name };
}
