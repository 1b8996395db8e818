import { basename, extname, join } from 'node:path';
import type { CatalogEntry, CatalogState } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { identifier } from '../../contract/primitives.ts';
import { readCatalogEntry } from '../../core/catalog/catalogEntry.ts';
import { entryFiles, keepEntryFile, readEntryFile, removeEntryFile } from '../../host/downloads/entryFiles.ts';
import { listResources, readResource, type Resource } from '../../host/storage/resources.ts';
import { recordedDigest } from '../../host/storage/shippedImages.ts';
import { describeError, type Log } from '../log.ts';

export interface EntriesDependencies {
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  /** The user's own entries. */
  readonly entriesDirectory: string;
  readonly log: Log;
}

export interface Entries {
  all(): CatalogEntry[];
  refused(): CatalogState['refused'];
  add(path: string): CatalogEntry;
  remove(id: string): void;
}

/**
 * The entries that are shipped and those of the user; one of the user replaces a shipped one of the same id. A file that
 * is wrong blocks none of the others.
 */
export function openEntries({ resourcesDirectory, imagesDirectory, entriesDirectory, log }: EntriesDependencies): Entries {
  const understand = ({ file, name, data }: Resource, origin: CatalogEntry['origin']): CatalogEntry =>
    readCatalogEntry(file, name, data, (image) => recordedDigest(imagesDirectory, image), origin);
  const shipped = listResources(join(resourcesDirectory, 'catalog'), '.yaml').flatMap((path) => {
    try {
      return [understand(readResource(path), 'petri')];
    } catch (error) {
      log({ level: 'error', noun: 'catalog', message: `left out ${path}`, details: describeError(error) });
      return [];
    }
  });
  let own: CatalogEntry[] = [];
  let refused: CatalogState['refused'] = [];

  function readOwn(): void {
    own = [];
    refused = [];
    for (const file of entryFiles(entriesDirectory)) {
      try {
        own.push(understand(readEntryFile(file), 'user'));
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
        refused.push({ file, failure: error.failure });
      }
    }
  }
  readOwn();

  return {
    all: () => [...shipped.filter(({ id }) => !own.some((entry) => entry.id === id)), ...own],
    refused: () => refused,
    add(path) {
      const id = idOf(path);
      const entry = understand({ ...readEntryFile(path), name: id }, 'user');
      keepEntryFile(path, entriesDirectory, id);
      readOwn();
      return entry;
    },
    remove(id) {
      if (!removeEntryFile(entriesDirectory, id)) throw new DeclaredError('NOT_FOUND', { noun: 'catalog entry of yours', id });
      readOwn();
    },
  };
}

/** The file's name says the id, so that no two entries share one. */
function idOf(path: string): string {
  const id = basename(path, extname(path));
  if (identifier.safeParse(id).success) return id;
  throw new DeclaredError('RESOURCE_INVALID', { file: path, issues: ['(its name): only small letters, digits and hyphens make an id'] });
}
