import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DiskFormat } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { BEGINNING_BYTES, END_BYTES, detectDiskFormat } from '../../core/disks/diskFormats.ts';
import { readQcow2Header, type Qcow2Header } from '../../core/disks/qcow2Header.ts';
import { describeBeginning, looksLikeWebPage } from '../../core/guests/imageFormats.ts';
import { cannotOpen } from '../qemu/inspectImage.ts';

const SECTOR_BYTES = 512;

export interface InspectedDisk {
  readonly format: DiskFormat;
  readonly fileBytes: number;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK the opening of a named pipe waits for somebody who writes to it.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

async function regularSize(path: string, file: FileHandle): Promise<number> {
  const status = await file.stat();
  if (status.isFile()) return status.size;
  throw new DeclaredError('IMAGE_NOT_A_FILE', { path, kind: status.isDirectory() ? 'a directory' : status.isFIFO() ? 'a named pipe' : 'a device' });
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}

/**
 * Looks at a file before QEMU does: only a file that is a disk image by its own marks, that is whole, and that needs no
 * other file, passes. Never waits, whatever the path is.
 * Throws IMAGE_MISSING, IMAGE_NOT_A_FILE, IMAGE_EMPTY, IMAGE_IS_WEB_PAGE, IMAGE_TRUNCATED, PATH_REFUSED,
 * DISK_FORMAT_UNKNOWN, DISK_DAMAGED and DISK_BACKED_OUTSIDE.
 */
export async function inspectDiskFile(path: string, name: string): Promise<InspectedDisk> {
  await using file = await openFile(path);
  const fileBytes = await regularSize(path, file);
  if (fileBytes === 0) throw new DeclaredError('IMAGE_EMPTY', { path });
  const beginning = await read(file, 0, BEGINNING_BYTES);
  if (looksLikeWebPage(beginning)) throw new DeclaredError('IMAGE_IS_WEB_PAGE', { path, begins: beginning.toString('latin1', 0, 40).trim() });
  const format = detectDiskFormat(beginning, await read(file, Math.max(0, fileBytes - END_BYTES), END_BYTES));
  if (format === null) throw new DeclaredError('DISK_FORMAT_UNKNOWN', { path, begins: describeBeginning(beginning) });
  if (format === 'qcow2') await inspectQcow2(path, name, file, beginning, fileBytes);
  if (format === 'raw' && fileBytes % SECTOR_BYTES !== 0) {
    throw new DeclaredError('IMAGE_TRUNCATED', { path, bytes: fileBytes, expectedBytes: Math.ceil(fileBytes / SECTOR_BYTES) * SECTOR_BYTES, part: 'the last sector' });
  }
  return { format, fileBytes };
}

async function inspectQcow2(path: string, name: string, file: FileHandle, beginning: Uint8Array, fileBytes: number): Promise<void> {
  const header = readQcow2Header(beginning);
  if (header === null) throw new DeclaredError('IMAGE_TRUNCATED', { path, bytes: fileBytes, expectedBytes: 104, part: 'the header' });
  if (header.problems.length > 0) throw new DeclaredError('DISK_DAMAGED', { disk: name, path, output: [...header.problems] });
  const cut = header.tables.find(({ end }) => end > fileBytes);
  if (cut !== undefined) throw new DeclaredError('IMAGE_TRUNCATED', { path, bytes: fileBytes, expectedBytes: cut.end, part: cut.part });
  if (header.hasDataFile) throw new DeclaredError('DISK_BACKED_OUTSIDE', { path, backing: 'an external data file' });
  const backing = await backingName(file, header);
  if (backing === null) return;
  const loop = await findLoop(path, backing);
  if (loop !== null) throw new DeclaredError('DISK_DAMAGED', { disk: name, path, output: [`its backing file leads back to itself: ${loop.join(' → ')}`] });
  throw new DeclaredError('DISK_BACKED_OUTSIDE', { path, backing });
}

async function backingName(file: FileHandle, { backing }: Qcow2Header): Promise<string | null> {
  return backing === null ? null : (await read(file, backing.offset, backing.length)).toString('utf8');
}

/** How long a chain is followed in search of a loop; a longer one is refused as backed anyway. */
const LONGEST_CHAIN = 64;

/** Follows backing files; the paths of a chain that comes back to one of its own, or null. */
async function findLoop(path: string, backing: string): Promise<string[] | null> {
  const chain = [await realpath(path)];
  let next: string | null = backing;
  for (let step = 0; next !== null && step < LONGEST_CHAIN; step += 1) {
    const target: string | null = await realpath(resolve(dirname(chain.at(-1) ?? path), next.replace(/^file:/, ''))).catch(() => null);
    if (target === null) return null;
    if (chain.includes(target)) return [...chain, target];
    chain.push(target);
    next = await readBacking(target);
  }
  return null;
}

async function readBacking(path: string): Promise<string | null> {
  try {
    await using file = await openFile(path);
    const beginning = await read(file, 0, BEGINNING_BYTES);
    if (detectDiskFormat(beginning, new Uint8Array()) !== 'qcow2') return null;
    const header = readQcow2Header(beginning);
    return header === null ? null : await backingName(file, header);
  } catch {
    return null; // What cannot be read leads nowhere.
  }
}
