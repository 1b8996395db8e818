import { resolve } from 'node:path';
import type { CatalogEntry, CatalogState } from '../../contract/catalog.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderEntries, renderEntry, renderLibrary } from '../render/catalog.ts';
import { formatBytes } from '../run/bytes.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';

const told = (json: unknown, text: string): Result => ({ json, text, exitCode: exitCodes.ok });

/** The entry that a word means: its id, or its name without regard to case. Throws NOT_FOUND. */
function entryOf({ entries }: CatalogState, word: string): CatalogEntry {
  const found = entries.find(({ id }) => id === word) ?? entries.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'catalog entry', id: word });
  return found;
}

export function list({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const state = await client.catalog.get();
    const refused = state.refused.map(({ file, failure }) => `refused: ${printable(file)}: ${printable(JSON.stringify(failure.details))}`);
    return told({ entries: state.entries, refused: state.refused }, [renderEntries(state), ...refused].join('\n'));
  });
}

export function show({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const state = await client.catalog.get();
    const entry = entryOf(state, word);
    return told(entry, renderEntry(entry, state));
  });
}

/** Fetches one image of an entry, or all that are not here yet, one after the other. */
export function fetch(context: Context, word: string, { image, discard }: { readonly image?: string; readonly discard?: boolean }): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const entry = entryOf(await client.catalog.get(), word);
    if (image !== undefined && !entry.images.some(({ id }) => id === image)) throw new DeclaredError('NOT_FOUND', { noun: `image of ${entry.id}`, id: image });
    const wanted = entry.images.filter(({ id, source }) => (image === undefined ? source.kind === 'download' || source.kind === 'packages' : id === image));
    if (discard === true) return discardAll(client, entry, wanted.map(({ id }) => id));
    for (const { id } of wanted) {
      if (await isHere(client, entry.id, id)) continue;
      const { task } = await client.catalog.fetch({ entry: entry.id, image: id });
      await followTask(client, task, context);
    }
    const library = (await client.catalog.get()).library.filter((kept) => kept.entry === entry.id);
    return told(library, wanted.length === 0 ? `${entry.name} needs nothing to be fetched.` : renderLibrary(library));
  });
}

/** A recipe brings several images at once: what came with another is not made again. */
async function isHere(client: LabClient, entry: string, image: string): Promise<boolean> {
  const { library } = await client.catalog.get();
  return library.some((kept) => kept.entry === entry && kept.image === image);
}

async function discardAll(client: LabClient, entry: CatalogEntry, images: readonly string[]): Promise<Result> {
  for (const image of images) await client.catalog.discard({ entry: entry.id, image });
  return told({ discarded: images }, `What was fetched of ${entry.name} and was not whole is gone.`);
}

/** Adds an entry file (.yaml, .json), or else an image to the library. */
export function add(context: Context, path: string, { name }: { readonly name?: string }): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const file = resolve(path);
    if (/\.(ya?ml|json)$/.test(file)) {
      const entry = await client.catalog.addEntry({ path: file });
      return told(entry, `${entry.name} is in the catalog: ${entry.id}`);
    }
    const before = new Set((await client.catalog.get()).library.map(({ digest }) => digest));
    const { task } = await client.catalog.addImage({ path: file, ...(name === undefined ? {} : { name }) });
    await followTask(client, task, context);
    const { library } = await client.catalog.get();
    const added = library.filter(({ digest, source }) => !before.has(digest) || source === file);
    return told(added, renderLibrary(added));
  });
}

/** Removes an entry of the user, or an image by the beginning of its digest. */
export function remove({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { entries, library } = await client.catalog.get();
    if (entries.some(({ id, origin }) => id === word && origin === 'user')) {
      await client.catalog.removeEntry({ id: word });
      return told({ removed: word }, `${word} is no longer in the catalog.`);
    }
    const found = library.filter(({ digest }) => /^[0-9a-f]{6,}$/.test(word) && digest.startsWith(word));
    const [image] = found;
    if (image === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'entry of yours or image', id: word });
    if (found.length > 1) throw new DeclaredError('INPUT_INVALID', { issues: found.map(({ digest, name }) => ({ path: 'DIGEST', message: `may be ${digest} (${name})` })) });
    await client.catalog.removeImage({ digest: image.digest });
    return told({ removed: image.digest }, `${printable(image.name)} is gone, ${formatBytes(image.bytes)} are free again.`);
  });
}

export function images({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { library, partials } = await client.catalog.get();
    return told({ library, partials }, [renderLibrary(library), ...partials.map(({ entry, image, bytes, totalBytes }) => `not whole: ${entry} ${image}, ${formatBytes(bytes)}${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`} (petri catalog fetch ${entry})`)].join('\n'));
  });
}
