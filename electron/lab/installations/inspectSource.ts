import { basename } from 'node:path';
import type { CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { SourceFile } from '../../contract/installations.ts';
import { architecture } from '../../contract/primitives.ts';
import { kindWords, type FileKind } from '../../core/catalog/fileKind.ts';
import { entriesFor } from '../../core/installations/entriesFor.ts';
import { lookAtFile } from '../../host/downloads/inspectFile.ts';
import { inspectImage } from '../../host/qemu/inspectImage.ts';
import { digestOfFile } from '../../host/storage/blobs.ts';

type Seen = Pick<SourceFile, 'bytes' | 'kind' | 'format' | 'says'> & { readonly label: string };

/** The kernel that a file is, for the first architecture that takes it, or null. */
async function kernelOf(path: string): Promise<{ format: string; architecture: string } | null> {
  for (const candidate of architecture.options) {
    try {
      return { format: (await inspectImage(path, { kind: 'kernel', architecture: candidate })).format, architecture: candidate };
    } catch (error) {
      if (!(error instanceof DeclaredError)) throw error;
    }
  }
  return null;
}

function describe(bytes: number, kind: FileKind): Seen {
  const says = kindWords(kind);
  const common = { bytes, label: kind.kind === 'iso' ? kind.label : '' };
  switch (kind.kind) {
    case 'iso':
      return { ...common, kind: 'iso', format: kind.format, says: `An ISO 9660 image named "${kind.label}" that a machine ${kind.bootable ? 'boots' : 'cannot boot by El Torito'}.` };
    case 'disk':
      return { ...common, kind: 'disk', format: kind.format, says: `It is ${says}.` };
    case 'archive':
      return { ...common, kind: 'archive', format: kind.format, says: `It is ${says}: add it to the library, which unpacks it.` };
    default:
      return { ...common, kind: 'unknown', format: kind.kind, says: `It is ${says}. You can try it all the same.` };
  }
}

async function look(path: string): Promise<Seen> {
  const found = await lookAtFile(path).catch((error: unknown) => {
    if (error instanceof DeclaredError && error.failure.code === 'IMAGE_IS_WEB_PAGE') return null;
    throw error;
  });
  if (found === null) return { bytes: 0, kind: 'unknown', format: 'page', label: '', says: 'It is a web page, not an image: what was saved is an error page or a download page.' };
  const seen = describe(found.bytes, found.kind);
  // A Linux kernel has a boot sector's mark, and an ELF file has none.
  const kernel = seen.kind === 'unknown' || seen.format === 'raw' ? await kernelOf(path) : null;
  return kernel === null ? seen : { ...seen, kind: 'kernel', format: kernel.format, says: `A kernel (${kernel.format}) for ${kernel.architecture}.` };
}

/**
 * What a file is that somebody dropped or named. Throws the IMAGE_ errors and PATH_REFUSED for a path that is no readable
 * file; a file that nobody knows is told as `unknown`.
 */
export async function inspectSource(path: string, entries: readonly CatalogEntry[]): Promise<SourceFile> {
  const { label, ...seen } = await look(path);
  // A digest takes a second for each gigabyte, so it is made only where it can name an entry.
  const known = entries.flatMap((entry) => entry.images).some(({ source }) => source.kind === 'download' && source.bytes === seen.bytes && source.digest !== null);
  const digest = known ? await digestOfFile(path) : null;
  return { path, ...seen, digest, entries: entriesFor({ fileName: basename(path), label, digest, kind: seen.kind }, entries) };
}
