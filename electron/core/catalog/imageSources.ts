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

/** The image as a guest refers to it; undefined for one that is not here yet. */
export function referenceTo(library: readonly LibraryImage[], entry: CatalogEntry, image: CatalogImage): ImageReference | undefined {
  const { source } = image;
  if (source.kind === 'shipped') return { kind: 'shipped', path: source.path, digest: source.digest };
  const found = fetchedImage(library, entry, image);
  return found === undefined ? undefined : { kind: 'library', digest: found.digest, name: found.name };
}
