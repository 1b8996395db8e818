import type { CatalogEntry, CatalogState, LibraryImage } from '../../contract/catalog.ts';
import { fetchedImage, sourceWords } from '../../core/catalog/imageSources.ts';
import { formatBytes } from '../run/bytes.ts';
import { printable } from '../run/failures.ts';
import { renderTable } from './table.ts';

function placeOf(state: CatalogState, entry: CatalogEntry): string {
  const missing = entry.images.filter((image) => image.source.kind !== 'shipped' && fetchedImage(state.library, entry, image) === undefined);
  if (missing.length === 0) return 'here';
  return missing.some(({ source }) => source.kind === 'own') ? 'your file' : 'to be fetched';
}

/** Every system, by family. */
export function renderEntries(state: CatalogState): string {
  const rows = state.entries
    .toSorted((one, other) => one.family.localeCompare(other.family) || one.id.localeCompare(other.id))
    .map((entry) => [entry.id, printable(entry.name), printable(entry.family), entry.architecture, placeOf(state, entry), entry.verified === null ? 'not seen' : `boots (QEMU ${printable(entry.verified.qemu)})`, entry.origin === 'user' ? 'yours' : '']);
  return renderTable([{ title: 'entry' }, { title: 'system' }, { title: 'family' }, { title: 'architecture' }, { title: 'images' }, { title: 'known' }, { title: '' }], rows);
}

/** One system with its machines, its images and what does not work. */
export function renderEntry(entry: CatalogEntry, state: CatalogState): string {
  const presets = entry.presets.map(({ id, name, known, machine, diskBus, why }) => [id, printable(name), known, `${machine.board}, ${machine.cpus} CPU, ${machine.memoryMiB} MiB, ${diskBus}`, printable(why)]);
  const images = entry.images.map((image) => {
    const kept = fetchedImage(state.library, entry, image);
    return [image.id, image.role, image.source.kind === 'shipped' ? 'shipped' : kept === undefined ? 'not here' : formatBytes(kept.bytes), printable(sourceWords(image))];
  });
  return [
    `${printable(entry.name)} (${entry.id}, ${entry.architecture})`,
    printable(entry.summary),
    ...(entry.requiresBoard === null ? [] : [`needs a QEMU with the board ${entry.requiresBoard.board}: ${printable(entry.requiresBoard.why)}`]),
    '',
    renderTable([{ title: 'machine' }, { title: 'name' }, { title: 'known' }, { title: 'parts' }, { title: 'why' }], presets),
    ...(images.length === 0 ? [] : ['', renderTable([{ title: 'image' }, { title: 'role' }, { title: 'size' }, { title: 'from' }], images)]),
    ...(entry.limits.length === 0 ? [] : ['', ...entry.limits.map((limit) => `- ${printable(limit)}`)]),
  ].join('\n');
}

/** The images that are here. */
export function renderLibrary(library: readonly LibraryImage[]): string {
  if (library.length === 0) return 'No image is in the library. Fetch one: petri catalog fetch minix2';
  const rows = library.map(({ digest, name, bytes, trust, source }) => [digest.slice(0, 12), printable(name), formatBytes(bytes), trust, printable(source)]);
  return renderTable([{ title: 'digest' }, { title: 'image' }, { title: 'size', align: 'right' }, { title: 'compared' }, { title: 'from' }], rows);
}
