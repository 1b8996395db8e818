import { createReadStream, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { DeclaredError } from '../../contract/errors.ts';
import { createMemberChoice } from '../../core/catalog/archiveMembers.ts';
import type { Unpacking } from '../../core/catalog/fileKind.ts';
import { availableBytes } from '../storage/storageFailures.ts';
import { Damaged, decompress, type Compression } from './decompress.ts';
import { createSparseFile, type SparseFile } from './sparseFile.ts';
import { listZip, readZipMember } from './zipMember.ts';

export interface UnpackOptions {
  readonly source: string;
  readonly format: Unpacking;
  /** The file inside an archive; without it the archive must hold only one. */
  readonly member: string | undefined;
  /** A path where nothing is yet; nothing is left there when it fails. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** Told how much of the source was read. */
  readonly report: (readBytes: number) => void;
  readonly limitBytes?: number;
}

/** No system of the catalog comes near; what unpacks to more is a mistake or a bomb. */
const LIMIT_BYTES = 128 * 1024 ** 3;
const RESERVE_BYTES = 64 * 1024 ** 2;
const compressions: Readonly<Record<Exclude<Unpacking, 'none' | 'zip'>, Compression>> = { gzip: 'gzip', bzip2: 'bzip2', xz: 'xz', 'tar.gz': 'gzip', 'tar.bz2': 'bzip2', 'tar.xz': 'xz' };

/**
 * Writes the one file that is in an archive, or the plain content of a compressed file, without the names in it ever
 * being used as paths. A `none` is copied.
 * @throws ARCHIVE_DAMAGED, SPACE_TOO_SMALL, DISK_FULL, PROCESS_FAILED (no such program)
 */
export async function unpack(options: UnpackOptions): Promise<void> {
  const { source, format, target, signal } = options;
  const file = await createSparseFile(target);
  try {
    const guarded = guard(file, options);
    for await (const chunk of contentOf(options)) {
      signal.throwIfAborted();
      await guarded(chunk);
    }
    await file.end();
  } catch (error) {
    await file.close().catch(() => undefined); // It is closed already when its end failed.
    rmSync(target, { force: true });
    throw error instanceof Damaged ? new DeclaredError('ARCHIVE_DAMAGED', { path: source, format, reason: error.message }, { cause: error }) : error;
  }
}

/** Writes while there is room and the size is sane. */
function guard(file: SparseFile, { target, limitBytes = LIMIT_BYTES }: UnpackOptions): (chunk: Buffer) => Promise<void> {
  const availableAtFirst = availableBytes(target);
  return async (chunk) => {
    if (file.bytes + chunk.length > limitBytes) throw new Damaged(`it unpacks to more than ${limitBytes} bytes`);
    await file.write(chunk);
    // Asked for now and then: holes take nothing, so the length says little.
    if (file.bytes % (16 * 1024 ** 2) >= chunk.length) return;
    const available = availableBytes(target);
    if (available !== null && available < RESERVE_BYTES) throw new DeclaredError('SPACE_TOO_SMALL', { path: target, neededBytes: file.bytes, availableBytes: availableAtFirst ?? available });
  };
}

function contentOf(options: UnpackOptions): AsyncIterable<Buffer> {
  const { format, signal } = options;
  if (format === 'none') return read(options);
  if (format === 'zip') return zipContent(options);
  const plain = decompress(read(options), compressions[format], signal);
  return format.startsWith('tar.') ? tarContent(plain, options) : plain;
}

function read({ source, report }: UnpackOptions): Readable {
  const stream = createReadStream(source, { highWaterMark: 256 * 1024 });
  return Readable.from(
    (async function* () {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        yield chunk;
        report(stream.bytesRead);
      }
    })(),
    { objectMode: false },
  );
}

async function* zipContent({ source, member, target, report }: UnpackOptions): AsyncGenerator<Buffer> {
  const members = await listZip(source);
  const choice = createMemberChoice(member);
  const [found] = members.filter(({ name }) => choice.take(name));
  refuse(choice.problem(true));
  if (found === undefined) return;
  checkSpace(target, found.bytes);
  let written = 0;
  for await (const chunk of readZipMember(source, found)) {
    yield chunk;
    written += chunk.length;
    report(Math.round((found.compressedBytes * written) / found.bytes));
  }
}

async function* tarContent(plain: AsyncIterable<Buffer>, { member, target }: UnpackOptions): AsyncGenerator<Buffer> {
  const archive = extract();
  const choice = createMemberChoice(member);
  const source = Readable.from(plain, { objectMode: false });
  source.on('error', (error) => archive.destroy(error)).pipe(archive);
  try {
    for await (const entry of archive) {
      const wanted = isFile(entry.header) && choice.take(entry.header.name);
      refuse(choice.problem(false));
      if (wanted) {
        checkSpace(target, entry.header.size);
        yield* entry as AsyncIterable<Buffer>;
      } else entry.resume();
    }
    refuse(choice.problem(true));
  } catch (error) {
    // Its own errors have no code; those of the disk and of a cancelled task have.
    throw error instanceof Error && error.constructor === Error && !('code' in error) ? new Damaged(error.message) : error;
  } finally {
    source.destroy();
  }
}

const isFile = ({ type }: Header): boolean => type === 'file' || type === 'contiguous-file';

function refuse(problem: string | null): void {
  if (problem !== null) throw new Damaged(problem);
}

function checkSpace(target: string, bytes: number): void {
  const available = availableBytes(target);
  if (available !== null && available < bytes + RESERVE_BYTES) throw new DeclaredError('SPACE_TOO_SMALL', { path: target, neededBytes: bytes + RESERVE_BYTES, availableBytes: available });
}
