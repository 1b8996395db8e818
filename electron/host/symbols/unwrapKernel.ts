import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { unreadable } from '../../core/symbols/byteReader.ts';
import { LZ4_LEGACY_MAGIC, unpackLz4Legacy } from '../../core/symbols/lz4Legacy.ts';

/** No kernel with symbols comes near; what unpacks to more is a mistake or a bomb. */
export const LIMIT_BYTES = 1024 ** 3;

interface Packing {
  readonly name: string;
  readonly magic: readonly number[];
  readonly unpack?: (bytes: Buffer) => Promise<Buffer>;
}

/** Linux's own list is in lib/decompress.c. Behind the packed bytes may stand their size, which xz must be told to pass over. */
const packings: readonly Packing[] = [
  { name: 'gzip', magic: [0x1f, 0x8b, 0x08], unpack: (bytes) => promisify(gunzip)(bytes, { maxOutputLength: LIMIT_BYTES }) },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: (bytes) => throughXz(bytes) },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: (bytes) => promisify(zstdDecompress)(bytes.subarray(0, bytes.length - 4), { maxOutputLength: LIMIT_BYTES }) },
  { name: 'lz4', magic: LZ4_LEGACY_MAGIC, unpack: (bytes) => Promise.resolve(Buffer.from(unpackLz4Legacy(bytes, LIMIT_BYTES))) },
  { name: 'lzo', magic: [0x89, 0x4c, 0x5a, 0x4f] },
];

const packingOf = (bytes: Buffer): Packing | undefined => packings.find(({ magic }) => magic.every((byte, at) => bytes[at] === byte));

/**
 * The kernel inside a packed file: a .gz or .xz, or Linux's own bzImage (vmlinuz) and 32-bit ARM zImage. Anything else is answered as it is.
 * Throws SYMBOLS_UNREADABLE when it cannot be unpacked.
 */
export async function unwrapKernel(file: string, bytes: Buffer): Promise<Buffer> {
  if (packingOf(bytes) !== undefined) return unpack(file, bytes);
  const payload = bzImagePayload(bytes);
  if (payload !== null) return unpack(file, payload);
  return isZImage(bytes) ? unpackZImage(file, bytes) : bytes;
}

async function unpack(file: string, bytes: Buffer): Promise<Buffer> {
  const packing = packingOf(bytes);
  if (packing?.unpack === undefined) throw unreadable(file, `its kernel is packed with ${packing?.name ?? 'a method that is not known'}, which cannot be unpacked here; unpack it first (Linux: scripts/extract-vmlinux)`);
  try {
    return await packing.unpack(bytes);
  } catch (error) {
    throw unreadable(file, `it cannot be unpacked with ${packing.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Linux's x86 boot protocol (Documentation/arch/x86/boot.rst): HdrS at 0x202, from version 2.08 on with the payload's place. */
function bzImagePayload(bytes: Buffer): Buffer | null {
  if (bytes.length < 0x250 || bytes.toString('latin1', 0x202, 0x206) !== 'HdrS' || bytes.readUInt16LE(0x206) < 0x208) return null;
  const sectors = bytes[0x1f1] === 0 ? 4 : (bytes[0x1f1] ?? 4);
  const begin = (sectors + 1) * 512 + bytes.readUInt32LE(0x248);
  return bytes.subarray(begin, begin + bytes.readUInt32LE(0x24c));
}

/** arch/arm/boot/compressed/head.S: a magic number behind some instructions that do nothing. */
function isZImage(bytes: Buffer): boolean {
  return bytes.length > 0x30 && bytes.readUInt32LE(0x24) === 0x016f2818;
}

/** Nothing says where the packed part begins: it is looked for by its first bytes, which may also be there by chance. */
async function unpackZImage(file: string, bytes: Buffer): Promise<Buffer> {
  for (const { magic, unpack: open } of packings) {
    if (open === undefined) continue;
    const sign = Buffer.from(magic);
    for (let at = bytes.indexOf(sign); at !== -1; at = bytes.indexOf(sign, at + 1)) {
      const kernel = await open(bytes.subarray(at)).catch(() => null); // There by chance: the next one is tried.
      if (kernel !== null) return kernel;
    }
  }
  throw unreadable(file, 'it is a zImage in which nothing that is packed with gzip, xz, zstd or lz4 was found');
}

/** Node has no xz. It reads one stream and passes over what comes behind. */
async function throughXz(bytes: Buffer): Promise<Buffer> {
  const child = spawn('xz', ['--decompress', '--stdout', '--single-stream'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C' } });
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stdin.on('error', () => undefined); // It ends before it has read all: behind the stream there is more.
  child.stdin.end(bytes);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > LIMIT_BYTES) child.kill('SIGKILL');
    else chunks.push(chunk);
  });
  const [exitCode] = await closed;
  if (size > LIMIT_BYTES) throw new Error(`it unpacks to more than ${LIMIT_BYTES} bytes`);
  if (exitCode !== 0) throw new Error(`xz ended with exit code ${String(exitCode)}`);
  return Buffer.concat(chunks);
}
