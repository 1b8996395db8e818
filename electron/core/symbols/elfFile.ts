import { byteReader, unreadable, type ByteReader } from './byteReader.ts';

// System V ABI, chapters 4 and 5; https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: bigint;
  /** In the file; a section without bytes (NOBITS) has none there. */
  readonly offset: number;
  readonly size: bigint;
  readonly link: number;
  readonly entrySize: number;
  readonly allocated: boolean;
  readonly executable: boolean;
}

export interface ElfSegment {
  readonly address: bigint;
  readonly offset: number;
  readonly fileSize: number;
  readonly executable: boolean;
}

export interface ElfFile {
  readonly file: string;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** e_machine: 3 i386, 40 ARM, 62 x86-64, 183 AArch64. */
  readonly machine: number;
  /** Linked to be loaded anywhere (ET_DYN). */
  readonly relocatable: boolean;
  readonly entry: bigint;
  readonly sections: readonly ElfSection[];
  /** Those that are loaded. */
  readonly segments: readonly ElfSegment[];
  /** Hexadecimal, of the note .note.gnu.build-id; null when there is none. */
  readonly buildId: string | null;
  readonly bytes: Uint8Array;
}

export const SECTION = { symbols: 2, strings: 3, note: 7, noBytes: 8 } as const;
const TYPE = { executable: 2, shared: 3 } as const;
const FLAG = { allocated: 2, executable: 4 } as const;
const SEGMENT_LOADED = 1;
const SEGMENT_EXECUTABLE = 1;
/** The index that says that the true one is in section 0. */
const EXTENDED_INDEX = 0xffff;

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads the tables of an ELF file of 32 or 64 bits and either byte order. Throws SYMBOLS_UNREADABLE for what is cut or contradicts itself. */
export function readElf(file: string, bytes: Uint8Array): ElfFile {
  if (!isElf(bytes)) throw unreadable(file, 'it is no ELF file');
  const [classByte, order] = [bytes[4], bytes[5]];
  if (classByte !== 1 && classByte !== 2) throw unreadable(file, `its class is ${String(classByte)}, which is neither 32 nor 64 bits`);
  if (order !== 1 && order !== 2) throw unreadable(file, `its byte order is ${String(order)}, which is none`);
  const bits = classByte === 1 ? 32 : 64;
  const reader = byteReader(file, bytes, order === 1);
  reader.range(0, bits === 32 ? 52 : 64, 'its header');
  const type = reader.u16(16);
  if (type !== TYPE.executable && type !== TYPE.shared) throw unreadable(file, `its type is ${type}, which is no program: the byte order may be wrong, or it is an object file`);
  const word = (offset: number): bigint => (bits === 32 ? BigInt(reader.u32(offset)) : reader.u64(offset));
  const sections = readSections(file, reader, bits, word);
  return {
    file,
    bits,
    littleEndian: order === 1,
    machine: reader.u16(18),
    relocatable: type === TYPE.shared,
    entry: word(24),
    sections,
    segments: readSegments(reader, bits, word),
    buildId: buildIdOf(reader, sections, bytes),
    bytes,
  };
}

type Word = (offset: number) => bigint;

function readSections(file: string, reader: ByteReader, bits: 32 | 64, word: Word): ElfSection[] {
  const [tableAt, header] = bits === 32 ? [word(32), 46] : [word(40), 58];
  if (tableAt === 0n) return [];
  const [entrySize, count, names] = [reader.u16(header), reader.u16(header + 2), reader.u16(header + 4)];
  const needed = bits === 32 ? 40 : 64;
  if (entrySize < needed) throw unreadable(file, `an entry of its section table has ${entrySize} bytes instead of ${needed}`);
  const first = reader.range(tableAt, needed, 'its first section').offset;
  const read = (at: number): Omit<ElfSection, 'name'> & { readonly nameAt: number } => readSection(reader, bits, word, at);
  // A file with many sections keeps their number, and the index of the names, in section 0.
  const total = count === 0 ? read(first).size : BigInt(count);
  const table = reader.range(tableAt, total * BigInt(entrySize), 'its section table');
  const raw = Array.from({ length: Number(total) }, (_, at) => read(table.offset + at * entrySize));
  const strings = raw[names === EXTENDED_INDEX ? (raw[0]?.link ?? 0) : names];
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: strings === undefined ? '' : textOf(reader, strings, nameAt) }));
}

function readSection(reader: ByteReader, bits: 32 | 64, word: Word, at: number): Omit<ElfSection, 'name'> & { readonly nameAt: number } {
  const size = bits / 8;
  const [flags, type] = [word(at + 8), reader.u32(at + 4)];
  const [offset, bytes] = [word(at + 8 + 2 * size), word(at + 8 + 3 * size)];
  const inFile = type === SECTION.noBytes || type === 0 ? { offset: 0 } : reader.range(offset, bytes, `section ${at}`);
  return {
    nameAt: reader.u32(at),
    type,
    address: word(at + 8 + size),
    offset: inFile.offset,
    size: bytes,
    link: reader.u32(at + 8 + 4 * size),
    entrySize: Number(word(at + 16 + 5 * size)),
    allocated: (flags & BigInt(FLAG.allocated)) !== 0n,
    executable: (flags & BigInt(FLAG.executable)) !== 0n,
  };
}

/** The text at a place of a section of texts; empty when the place is not in it. */
export function textOf(reader: ByteReader, { offset, size, type }: Pick<ElfSection, 'offset' | 'size' | 'type'>, at: number): string {
  return type !== SECTION.strings || BigInt(at) >= size ? '' : reader.text(offset + at, offset + Number(size));
}

function readSegments(reader: ByteReader, bits: 32 | 64, word: Word): ElfSegment[] {
  const [tableAt, header] = bits === 32 ? [word(28), 42] : [word(32), 54];
  const [entrySize, count] = [reader.u16(header), reader.u16(header + 2)];
  if (tableAt === 0n || count === 0) return [];
  const table = reader.range(tableAt, entrySize * count, 'its table of segments');
  const [offset, address, fileSize, flags] = bits === 32 ? [4, 8, 16, 24] : [8, 16, 32, 4];
  return Array.from({ length: count }, (_, index) => table.offset + index * entrySize)
    .filter((at) => reader.u32(at) === SEGMENT_LOADED)
    .map((at) => {
      const bytes = reader.range(word(at + offset), word(at + fileSize), 'a segment');
      return { address: word(at + address), offset: bytes.offset, fileSize: bytes.size, executable: (reader.u32(at + flags) & SEGMENT_EXECUTABLE) !== 0 };
    });
}

const BUILD_ID_NOTE = 3;

/** A note is three words (length of name and description, type), the name "GNU\0", then the identity. */
function buildIdOf(reader: ByteReader, sections: readonly ElfSection[], bytes: Uint8Array): string | null {
  const note = sections.find(({ name, type }) => name === '.note.gnu.build-id' && type === SECTION.note);
  if (note === undefined || note.size < 16n || reader.u32(note.offset + 8) !== BUILD_ID_NOTE) return null;
  const begin = note.offset + 12 + reader.u32(note.offset);
  const { offset, size } = reader.range(begin, reader.u32(note.offset + 4), 'its build identity');
  return [...bytes.subarray(offset, offset + size)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
