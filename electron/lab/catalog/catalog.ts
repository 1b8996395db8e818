import { basename } from 'node:path';
import type { BootDefinition, CatalogEntry, CatalogImage, CatalogState, ImageReference, LibraryImage, PartialDownload } from '../../contract/catalog.ts';
import { libraryImage } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { referenceTo, sourceWords, wayTo } from '../../core/catalog/imageSources.ts';
import type { Patience } from '../../host/downloads/download.ts';
import { openImageFolder } from '../../host/downloads/imageFolder.ts';
import type { Recipe } from '../../host/linux/recipes.ts';
import { openPartials } from '../../host/downloads/partial.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import type { Log } from '../log.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import { openEntries } from './entries.ts';
import { fetchSource, takeOwnFile, type FetchTools, type Taken } from './fetchImage.ts';

export interface CatalogDependencies {
  readonly database: Database;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  /** Folders of the data directory: entries of the user, images, unfinished downloads. */
  readonly entriesDirectory: string;
  readonly libraryDirectory: string;
  readonly downloadsDirectory: string;
  readonly tasks: TasksService;
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** Names of what uses an image of the library, which then cannot be removed. */
  readonly usersOf: (digest: string) => string[];
  readonly log: Log;
  /** For tests: how long a silent line is waited for. */
  readonly patience?: Patience;
}

export interface CatalogService {
  list(): CatalogEntry[];
  /** Throws NOT_FOUND. */
  get(id: string): CatalogEntry;
  state(): CatalogState;
  /** How an entry boots, with its images in the library; throws IMAGE_NOT_FETCHED for one that is not there. */
  boot(id: string): BootDefinition;
  /** One image of an entry as a guest refers to it. Throws IMAGE_NOT_FETCHED. */
  reference(entry: string, image: string): ImageReference;
  /** Where an image of the library is. */
  libraryPath(digest: string): string;
  /** Brings an image of an entry into the library, within a task of the caller. */
  fetchImage(entry: CatalogEntry, image: CatalogImage, task: RunningTask): Promise<LibraryImage>;
  /** The same in a task of its own. */
  fetch(entry: string, image: string): { task: string };
  discard(entry: string, image: string): void;
  addImage(path: string, name?: string): { task: string };
  removeImage(digest: string): void;
  addEntry(path: string): CatalogEntry;
  removeEntry(id: string): void;
  watch(signal?: AbortSignal): AsyncGenerator<CatalogState>;
  dispose(): void;
}

/** The catalog of systems and the library of their images. */
export function createCatalog(dependencies: CatalogDependencies): CatalogService {
  const { database, imagesDirectory, libraryDirectory, downloadsDirectory, tasks, recipes, usersOf, patience } = dependencies;
  const entries = openEntries(dependencies);
  const feed = createFeed<CatalogState>({ newestOnly: true });
  const records = openCollection(database, 'libraryImages', libraryImage);
  const folder = openImageFolder(libraryDirectory);
  const partials = openPartials(downloadsDirectory);
  const tools: FetchTools = { folder, partials, imagesDirectory, recipes, ...(patience === undefined ? {} : { patience }) };
  const fetching = new Map<string, string>();

  // An image whose file is gone is no image; a file without a record was interrupted before it was one.
  for (const { digest } of records.all()) if (!folder.has(digest)) records.purge(digest);
  folder.sweep(new Set(records.all().map(({ digest }) => digest)));
  partials.sweep();

  const state = (): CatalogState => ({ entries: entries.all(), library: records.all(), partials: listPartials(), refused: entries.refused() });
  const changed = (): void => feed.publish(state());
  const get = (id: string): CatalogEntry => found(entries.all(), id, 'catalog entry');
  const imageOf = (entry: CatalogEntry, id: string): CatalogImage => found(entry.images, id, `image of ${entry.id}`);

  function listPartials(): PartialDownload[] {
    return entries.all().flatMap((entry) =>
      entry.images.flatMap(({ id, source }) => {
        if (source.kind !== 'download') return [];
        const partial = partials.of(source.url);
        const origin = partial.origin();
        return origin === null ? [] : [{ entry: entry.id, image: id, url: source.url, bytes: partial.bytes(), totalBytes: source.bytes ?? origin.totalBytes, at: partial.at().toISOString() }];
      }),
    );
  }

  function reference(entry: CatalogEntry, id: string): ImageReference {
    const image = imageOf(entry, id);
    const known = referenceTo(records.all(), entry, image);
    if (known === undefined) throw new DeclaredError('IMAGE_NOT_FETCHED', { entry: entry.id, image: image.id, source: sourceWords(image), way: wayTo(entry, image) });
    return known;
  }

  function keep(taken: Taken, name: string, origin: Pick<LibraryImage, 'entry' | 'image'>): LibraryImage {
    const { digest, bytes, source, sourceDigest, trust } = taken;
    const record: LibraryImage = { digest, name, bytes, ...origin, source, sourceDigest, trust, fetchedAt: new Date().toISOString() };
    records.put(record.digest, record);
    return record;
  }

  async function fetchImage(entry: CatalogEntry, image: CatalogImage, task: RunningTask): Promise<LibraryImage> {
    try {
      const taken = await fetchSource(entry, image, task, tools);
      const kept = taken.map((one) => keep(one, imageOf(entry, one.id).name, { entry: entry.id, image: one.id }));
      return kept.find((record) => record.image === image.id) as LibraryImage;
    } finally {
      changed();
    }
  }

  function begin(key: string, title: string, work: (task: RunningTask) => Promise<unknown>): { task: string } {
    const running = fetching.get(key);
    // Two shells that want the same get the same: two writers of one partial file would spoil it.
    if (running !== undefined) return { task: running };
    const { id, result } = tasks.run({ title, route: '/catalog', unit: 'bytes', planned: null }, work);
    fetching.set(key, id);
    void result.catch(() => undefined).then(() => fetching.delete(key));
    return { task: id };
  }

  return {
    list: () => entries.all(),
    get,
    state,
    boot(id) {
      const entry = get(id);
      const { kernel, modules, arguments: words } = entry.boot;
      const resolve = (image: NonNullable<typeof kernel>): ImageReference => (image.kind === 'image' ? reference(entry, image.image) : image);
      return { kernel: kernel === null ? null : resolve(kernel), arguments: words, modules: modules.map((module) => ({ ...module, image: resolve(module.image) })) };
    },
    reference: (entry, image) => reference(get(entry), image),
    libraryPath: folder.path,
    fetchImage,
    fetch(entryId, imageId) {
      const entry = get(entryId);
      const image = imageOf(entry, imageId);
      return begin(`${entryId}/${imageId}`, `Fetching ${image.name}`, (task) => fetchImage(entry, image, task));
    },
    discard(entryId, imageId) {
      const { source } = imageOf(get(entryId), imageId);
      if (fetching.has(`${entryId}/${imageId}`)) throw new DeclaredError('IMAGE_IN_USE', { image: imageId, by: ['the task that fetches it'] });
      if (source.kind === 'download') partials.of(source.url).remove();
      changed();
    },
    addImage: (path, name = basename(path)) =>
      begin(path, `Adding ${name}`, async (task) => {
        const record = keep(await takeOwnFile(path, task, tools), name, { entry: null, image: null });
        changed();
        return record;
      }),
    removeImage(digest) {
      const record = records.get(digest);
      if (record === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'image of the library', id: digest });
      const users = usersOf(digest);
      if (users.length > 0) throw new DeclaredError('IMAGE_IN_USE', { image: record.name, by: users });
      records.purge(digest);
      folder.remove(digest);
      changed();
    },
    addEntry(path) {
      const entry = entries.add(path);
      changed();
      return entry;
    },
    removeEntry(id) {
      entries.remove(id);
      changed();
    },
    watch: (signal) => watch(feed, state, signal),
    dispose: () => feed.close(),
  };
}

function found<Item extends { id: string }>(items: readonly Item[], id: string, noun: string): Item {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) throw new DeclaredError('NOT_FOUND', { noun, id });
  return item;
}
