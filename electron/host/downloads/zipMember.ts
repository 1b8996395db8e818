import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw, crc32 } from 'node:zlib';
import { Damaged } from './decompress.ts';

/** One file of a zip archive (APPNOTE 6.3.10, 4.3.7 and 4.3.12). */
interface Member {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
/** What a 32-bit field holds when the value is in a Zip64 record, which images of this size do not need. */
const IN_ZIP64 = 0xffff_ffff;
/** The list of an archive with one image in it is short; a long one is an attack or a mistake. */
const LONGEST_LIST = 4 * 1024 * 1024;

/** The files of a zip archive, without folders. Throws `Damaged`. */
export async function listZip(path: string): Promise<Member[]> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const end = await readEnd(file, size);
  const [entries, listBytes, listAt] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (listAt === IN_ZIP64) throw new Damaged('it is a Zip64 archive');
  if (listBytes > LONGEST_LIST || listAt + listBytes > size) throw new Damaged('its list of files lies outside of it');
  const list = await readAt(file, listAt, listBytes);
  const members: Member[] = [];
  for (let at = 0, index = 0; index < entries; index += 1) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Damaged('its list of files is cut off');
    const member = readMember(list, at);
    at += 46 + list.readUInt16LE(at + 28) + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
    if (!member.name.endsWith('/')) members.push(member);
  }
  return members;
}

function readMember(list: Buffer, at: number): Member {
  return {
    name: list.toString('utf8', at + 46, at + 46 + list.readUInt16LE(at + 28)),
    encrypted: (list.readUInt16LE(at + 8) & 1) === 1,
    method: list.readUInt16LE(at + 10),
    crc: list.readUInt32LE(at + 16),
    compressedBytes: list.readUInt32LE(at + 20),
    bytes: list.readUInt32LE(at + 24),
    headerAt: list.readUInt32LE(at + 42),
  };
}

/** The plain bytes of one member, at most as many as its list promises; its checksum is compared at the end. Throws `Damaged`. */
export async function* readZipMember(path: string, member: Member): AsyncGenerator<Buffer> {
  if (member.encrypted) throw new Damaged(`${member.name} is encrypted`);
  if (member.method !== 0 && member.method !== 8) throw new Damaged(`${member.name} is compressed by method ${member.method}, which is not "deflate"`);
  const file = await open(path, 'r');
  try {
    const header = await readAt(file, member.headerAt, 30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new Damaged(`${member.name} is not where the list says`);
    const start = member.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (member.compressedBytes > 0) {
      const packed = file.createReadStream({ start, end: start + member.compressedBytes - 1, autoClose: false });
      yield* checked(member.method === 0 ? packed : inflate(packed), member);
    } else yield* checked([], member);
  } finally {
    await file.close();
  }
}

async function* inflate(packed: Readable): AsyncGenerator<Buffer> {
  const plain = createInflateRaw();
  packed.on('error', (error) => plain.destroy(error)).pipe(plain);
  try {
    yield* plain as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('Z_') ? new Damaged(error.message) : error;
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

async function* checked(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, { name, bytes, crc }: Member): AsyncGenerator<Buffer> {
  let [sum, count] = [0, 0];
  for await (const chunk of chunks) {
    count += chunk.length;
    if (count > bytes) throw new Damaged(`${name} unpacks to more than the ${bytes} bytes that its list promises`);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (count !== bytes) throw new Damaged(`${name} unpacks to ${count} bytes, its list promises ${bytes}`);
  if (sum !== crc) throw new Damaged(`the checksum of ${name} is wrong`);
}

async function readEnd(file: FileHandle, size: number): Promise<Buffer> {
  const tail = await readAt(file, Math.max(0, size - END_BYTES - LONGEST_COMMENT), END_BYTES + LONGEST_COMMENT);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END_SIGNATURE) return tail.subarray(at);
  }
  throw new Damaged('its end is missing');
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
