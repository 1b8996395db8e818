import { join } from 'node:path';
import { imageReference, type BootDefinition, type CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { readCatalogEntry } from '../../core/catalog/catalogEntry.ts';
import { listResources, readResource } from '../../host/storage/resources.ts';
import { recordedDigest } from '../../host/storage/shippedImages.ts';
import { describeError, type Log } from '../log.ts';

export interface CatalogDependencies {
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  readonly log: Log;
}

export interface CatalogService {
  list(): CatalogEntry[];
  /** Throws NOT_FOUND. */
  get(id: string): CatalogEntry;
  /** How an entry boots, with its images in the library; throws IMAGE_NOT_FETCHED for one that is not there. */
  boot(id: string): BootDefinition;
  /** Where an image of the library is. */
  libraryPath(digest: string): string;
}

/** Reads the catalog once. A file that is wrong is logged and left out: one bad entry blocks none of the others. */
export function createCatalog({ resourcesDirectory, imagesDirectory, log }: CatalogDependencies): CatalogService {
  const entries = listResources(join(resourcesDirectory, 'catalog'), '.yaml').flatMap((path) => {
    try {
      const { file, name, data } = readResource(path);
      return [readCatalogEntry(file, name, data, (image) => recordedDigest(imagesDirectory, image))];
    } catch (error) {
      log({ level: 'error', noun: 'catalog', message: `left out ${path}`, details: describeError(error) });
      return [];
    }
  });
  const get = (id: string): CatalogEntry => {
    const entry = entries.find((candidate) => candidate.id === id);
    if (entry === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'catalog entry', id });
    return entry;
  };
  return {
    list: () => entries,
    get,
    boot(id) {
      const { boot } = get(id);
      return { ...boot, kernel: boot.kernel === null ? null : imageReference.parse(boot.kernel), modules: boot.modules.map((module) => ({ ...module, image: imageReference.parse(module.image) })) };
    },
    libraryPath: (digest) => join(imagesDirectory, digest),
  };
}
