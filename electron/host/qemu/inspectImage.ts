import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { cutOffPart, describeBeginning, kernelFormat, looksLikeWebPage, mediumFormat, type KernelFormat, type MediumFormat } from '../../core/guests/imageFormats.ts';

/** As much as a Multiboot header may be away from the beginning (Multiboot 0.6.96, 3.1.1). */
const BEGINNING_BYTES = 8_192;
/** Up to the second volume descriptor of an ISO 9660 medium, which begins in sector 16 of 2,048 bytes (ECMA-119, 6.2.1). */
const MEDIUM_BYTES = 18 * 2_048;

export type ExpectedImage = { readonly kind: 'kernel'; readonly architecture: Architecture } | { readonly kind: 'module' } | { readonly kind: 'medium' };

export interface InspectedImage {
  readonly bytes: number;
  /** `data` for a module: anything may be one. */
  readonly format: KernelFormat | MediumFormat | 'data';
}

async function openWithoutWaiting(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK the opening of a named pipe waits for somebody who writes to it.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** What a system's refusal to open an image means. */
export function cannotOpen(path: string, error: unknown): DeclaredError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new DeclaredError('IMAGE_MISSING', { path }, { cause: error });
  // A socket cannot be opened at all.
  if (code === 'ENXIO') return new DeclaredError('IMAGE_NOT_A_FILE', { path, kind: 'a socket or a device' }, { cause: error });
  return new DeclaredError('PATH_REFUSED', { path, reason: message }, { cause: error });
}

async function regularSize(path: string, file: FileHandle): Promise<number> {
  const status = await file.stat();
  if (status.isFile()) return status.size;
  const kind = status.isDirectory() ? 'a directory' : status.isFIFO() ? 'a named pipe' : 'a device';
  throw new DeclaredError('IMAGE_NOT_A_FILE', { path, kind });
}

function expectedWords(architecture: Architecture): string {
  return `a kernel for ${architecture} (Multiboot or ELF, or a Linux kernel)`;
}

/**
 * Looks at an image before QEMU does, so that a wrong one is named by what is wrong with it.
 * Throws the IMAGE_ errors, and PATH_REFUSED for a file that may not be read. Never waits, whatever the path is.
 */
export async function inspectImage(path: string, expected: ExpectedImage): Promise<InspectedImage> {
  await using file = await openWithoutWaiting(path);
  const bytes = await regularSize(path, file);
  if (bytes === 0) throw new DeclaredError('IMAGE_EMPTY', { path });
  const wanted = expected.kind === 'medium' ? MEDIUM_BYTES : BEGINNING_BYTES;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, 0);
  const beginning = buffer.subarray(0, bytesRead);
  if (looksLikeWebPage(beginning)) throw new DeclaredError('IMAGE_IS_WEB_PAGE', { path, begins: beginning.toString('latin1', 0, 40).trim() });
  const unknown = (words: string): DeclaredError<'IMAGE_UNKNOWN'> => new DeclaredError('IMAGE_UNKNOWN', { path, begins: describeBeginning(beginning), expected: words });
  if (expected.kind === 'medium') {
    const format = mediumFormat(beginning);
    if (format === null) throw unknown('a CD image (ISO 9660 or UDF) or a bootable disk image');
    return { bytes, format };
  }
  const cut = cutOffPart(beginning, bytes);
  if (cut !== null) throw new DeclaredError('IMAGE_TRUNCATED', { path, bytes, ...cut });
  if (expected.kind === 'module') return { bytes, format: 'data' };
  const format = kernelFormat(beginning, expected.architecture);
  if (format === null) throw unknown(expectedWords(expected.architecture));
  return { bytes, format };
}
