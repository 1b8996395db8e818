import { open } from 'node:fs/promises';
import type { CatalogImage } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { archiveFormat, fileKind, KIND_BYTES, kindWords, type FileKind, type Unpacking } from '../../core/catalog/fileKind.ts';
import { inspectDiskFile } from '../disks/inspectDiskFile.ts';
import { inspectImage } from '../qemu/inspectImage.ts';

/** What a file is and how large. Throws the IMAGE_ errors of a path that is no readable file, and IMAGE_IS_WEB_PAGE. */
export async function lookAtFile(path: string): Promise<{ bytes: number; kind: FileKind }> {
  // A module may be anything, so this refuses only what no image can be; and it never waits.
  const { bytes } = await inspectImage(path, { kind: 'module' });
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0);
  return { bytes, kind: fileKind(buffer.subarray(0, bytesRead), bytes) };
}

/** What came from an address must begin like the archive that it should be. Throws DOWNLOAD_WRONG. */
export async function checkArchive(path: string, url: string, unpack: Unpacking): Promise<void> {
  const found = await lookAtFile(path).then(({ kind }) => kind, (error: unknown) => asPage(error));
  const words = { url, what: 'its beginning', found: kindWords(found) };
  if (unpack === 'none') {
    if (found.kind === 'page') throw new DeclaredError('DOWNLOAD_WRONG', { ...words, expected: 'an image' });
    return;
  }
  const expected = archiveFormat(unpack);
  if (found.kind !== 'archive' || found.format !== expected) throw new DeclaredError('DOWNLOAD_WRONG', { ...words, expected: `a ${expected} archive` });
}

function asPage(error: unknown): FileKind {
  if (error instanceof DeclaredError && error.code === 'IMAGE_IS_WEB_PAGE') return { kind: 'page' };
  throw error;
}

/** Refuses a file that cannot be what its role says. Throws the IMAGE_ and DISK_ errors. */
export async function checkRole(path: string, { role, name }: Pick<CatalogImage, 'role' | 'name'>, architecture: Architecture): Promise<void> {
  if (role === 'disk') await inspectDiskFile(path, name);
  else await inspectImage(path, role === 'kernel' ? { kind: 'kernel', architecture } : { kind: role });
}
