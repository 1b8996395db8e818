import { join } from 'node:path';
import type { CatalogEntry, CatalogImage, ImageSource, LibraryImage } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { download, type Patience } from '../../host/downloads/download.ts';
import type { ImageFolder } from '../../host/downloads/imageFolder.ts';
import { checkArchive, checkRole, lookAtFile } from '../../host/downloads/inspectFile.ts';
import type { Partials } from '../../host/downloads/partial.ts';
import { makeScratchFolder, removeFile } from '../../host/downloads/scratchFiles.ts';
import { unpack, type UnpackOptions } from '../../host/downloads/unpack.ts';
import type { Recipe } from '../../host/linux/recipes.ts';
import { digestOfFile } from '../../host/storage/blobs.ts';
import { unpackingOf } from '../../core/catalog/fileKind.ts';
import { sourceWords, wayTo } from '../../core/catalog/imageSources.ts';
import type { RunningTask } from '../tasks/tasks.ts';

export interface FetchTools {
  readonly folder: ImageFolder;
  readonly partials: Partials;
  readonly imagesDirectory: string;
  readonly recipes: Readonly<Record<string, Recipe>>;
  readonly patience?: Patience;
}

/** What is known of an image that has just been taken in. */
export type Taken = Omit<LibraryImage, 'name' | 'entry' | 'image' | 'fetchedAt'> & { readonly id: string };
type Source<Kind extends ImageSource['kind']> = Extract<ImageSource, { kind: Kind }>;

/** Brings one image of an entry into the folder; a recipe brings all images of the entry that it makes. */
export async function fetchSource(entry: CatalogEntry, image: CatalogImage, task: RunningTask, tools: FetchTools): Promise<Taken[]> {
  const { source } = image;
  if (source.kind === 'download') return [await fetchDownload(entry, image, source, task, tools)];
  if (source.kind === 'packages') return cook(entry, source, task, tools);
  if (source.kind === 'own') throw new DeclaredError('IMAGE_NOT_FETCHED', { entry: entry.id, image: image.id, source: source.hint, way: wayTo(entry, image) });
  const path = join(tools.imagesDirectory, source.path);
  return [await takeFile(path, { id: image.id, source: source.path, trust: 'published', unpack: 'none' }, task, tools, (file) => checkRole(file, image, entry.architecture))];
}

async function fetchDownload(entry: CatalogEntry, image: CatalogImage, source: Source<'download'>, task: RunningTask, tools: FetchTools): Promise<Taken> {
  const { url } = source;
  const partial = tools.partials.of(url);
  task.report({ phase: 'downloading' });
  const bytes = await download({
    url,
    partial,
    expectedBytes: source.bytes,
    willBeChecked: source.digest !== null,
    signal: task.signal,
    report: (done, planned) => task.report({ phase: 'downloading', done, ...(planned === null ? {} : { planned }) }),
    ...(tools.patience === undefined ? {} : { patience: tools.patience }),
  });
  try {
    const known = { id: image.id, source: url, trust: source.digest === null ? 'recorded' as const : 'published' as const, unpack: source.unpack, member: source.member };
    await checkArchive(partial.path, url, source.unpack);
    if (source.bytes !== null && bytes !== source.bytes) throw wrong(url, 'its size', `${source.bytes} bytes`, `${bytes} bytes`);
    const taken = await takeFile(partial.path, { ...known, expectedDigest: source.digest }, task, tools, (file) => checkRole(file, image, entry.architecture));
    partial.remove();
    return taken;
  } catch (error) {
    // Bytes that are wrong are wrong at the next try too. What the disk or the user stopped may go on.
    if (error instanceof DeclaredError && !['SPACE_TOO_SMALL', 'DISK_FULL', 'CANCELLED', 'PROCESS_FAILED'].includes(error.failure.code)) partial.remove();
    throw error;
  }
}

interface FileToTake {
  readonly id: string;
  readonly source: string;
  readonly trust: LibraryImage['trust'];
  readonly unpack: UnpackOptions['format'];
  readonly member?: string | undefined;
  readonly expectedDigest?: string | null;
}

/** Compares, unpacks, looks, and only then gives the file its place. Nothing is left when any of it fails. */
async function takeFile(path: string, file: FileToTake, task: RunningTask, { folder }: FetchTools, check: (path: string) => Promise<void>): Promise<Taken> {
  const { bytes: packedBytes } = await lookAtFile(path);
  task.report({ phase: 'checking', done: 0, planned: packedBytes });
  const sourceDigest = await digestOfFile(path, task.signal);
  const { expectedDigest = null } = file;
  if (expectedDigest !== null && sourceDigest !== expectedDigest) throw wrong(file.source, 'its SHA-256', expectedDigest, sourceDigest);
  const scratch = folder.scratch();
  const phase = file.unpack === 'none' ? 'copying' : 'unpacking';
  try {
    await unpack({ source: path, format: file.unpack, member: file.member, target: scratch, signal: task.signal, report: (done) => task.report({ phase, done, planned: packedBytes }) });
    await check(scratch);
    const { bytes } = await lookAtFile(scratch);
    return { id: file.id, digest: await folder.take(scratch), bytes, source: file.source, sourceDigest, trust: file.trust };
  } finally {
    removeFile(scratch);
  }
}

const wrong = (url: string, what: string, expected: string, found: string): DeclaredError => new DeclaredError('DOWNLOAD_WRONG', { url, what, expected, found });

async function cook(entry: CatalogEntry, source: Source<'packages'>, task: RunningTask, tools: FetchTools): Promise<Taken[]> {
  const recipe = tools.recipes[source.recipe];
  if (recipe === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'recipe', id: source.recipe });
  const scratch = makeScratchFolder(tools.folder.scratch());
  try {
    const paths = await recipe(task, scratch.path);
    const taken: Taken[] = [];
    for (const image of entry.images.filter((other) => other.source.kind === 'packages' && other.source.recipe === source.recipe)) {
      const path = paths[image.id];
      if (path === undefined) throw new DeclaredError('NOT_FOUND', { noun: `image of the recipe ${source.recipe}`, id: image.id });
      taken.push(await takeFile(path, { id: image.id, source: sourceWords(image), trust: 'recorded', unpack: 'none' }, task, tools, (file) => checkRole(file, image, entry.architecture)));
    }
    return taken;
  } finally {
    scratch.remove();
  }
}

/** Takes a file of the user in; a compressed one is unpacked, as a download is. */
export async function takeOwnFile(path: string, task: RunningTask, tools: FetchTools): Promise<Taken> {
  const { kind } = await lookAtFile(path);
  return takeFile(path, { id: '', source: path, trust: 'recorded', unpack: unpackingOf(kind, path) }, task, tools, async (file) => {
    const { kind: found } = await lookAtFile(file);
    if (found.kind === 'text') throw new DeclaredError('IMAGE_UNKNOWN', { path, begins: 'text', expected: 'an image of a CD, a disk or a kernel' });
  });
}
