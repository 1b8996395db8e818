import type { Architecture } from '../../contract/primitives.ts';

export { looksLikeWebPage } from '../catalog/webPage.ts';

export type KernelFormat = 'multiboot' | 'elf' | 'linux';
export type MediumFormat = 'iso9660' | 'udf' | 'bootSector';

const ELF_MAGIC = 0x7f454c46;
const MULTIBOOT_MAGIC = 0x1badb002;
/** `e_machine` of each architecture (ELF specification; EM_386, EM_X86_64, EM_ARM, EM_AARCH64). */
const elfMachines: Record<Architecture, readonly number[]> = { i386: [3], x86_64: [3, 62], arm: [40], aarch64: [183, 40] };

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hasWord(bytes: Uint8Array, offset: number, value: number, littleEndian = true): boolean {
  return bytes.length >= offset + 4 && view(bytes).getUint32(offset, littleEndian) === value;
}

function isElf(bytes: Uint8Array): boolean {
  return hasWord(bytes, 0, ELF_MAGIC, false);
}

function text(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}

/** The first bytes as hexadecimal and, where they are printable, as text. */
export function describeBeginning(beginning: Uint8Array): string {
  const first = [...beginning.subarray(0, 16)];
  const hexadecimal = first.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${hexadecimal} (${first.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')})`;
}

interface Table {
  readonly part: string;
  readonly offset: number;
  readonly size: number;
}

/** Where the two tables of an ELF file lie, from its header (ELF specification, figure 1-3; 32 and 64 bits, little-endian). */
function elfTables(data: DataView, wide: boolean): { programs: Table & { entrySize: number; count: number }; sections: Table } {
  const offsetAt = (at: number): number => (wide ? Number(data.getBigUint64(at, true)) : data.getUint32(at, true));
  const [programsAt, sectionsAt, sizes] = wide ? [32, 40, 54] : [28, 32, 42];
  const [entrySize, count] = [data.getUint16(sizes, true), data.getUint16(sizes + 2, true)];
  const sections = data.getUint16(sizes + 4, true) * data.getUint16(sizes + 6, true);
  return {
    programs: { part: 'the program header table', offset: offsetAt(programsAt), size: entrySize * count, entrySize, count },
    sections: { part: 'the section header table', offset: offsetAt(sectionsAt), size: sections },
  };
}

/** The parts of the file that its program headers load; headers beyond what was read are left to the table check. */
function elfSegments(data: DataView, wide: boolean, { offset, entrySize, count }: { offset: number; entrySize: number; count: number }): Table[] {
  const whole = Array.from({ length: count }, (_, index) => offset + index * entrySize).filter((at) => at + entrySize <= data.byteLength);
  return whole.map((at, index) => ({
    part: `segment ${index}`,
    offset: wide ? Number(data.getBigUint64(at + 8, true)) : data.getUint32(at + 4, true),
    size: wide ? Number(data.getBigUint64(at + 32, true)) : data.getUint32(at + 16, true),
  }));
}

/** The part of an ELF file that ends behind the end of the file, or null when all are there (or it is no ELF file). */
export function cutOffPart(beginning: Uint8Array, fileBytes: number): { part: string; expectedBytes: number } | null {
  if (!isElf(beginning)) return null;
  const wide = beginning[4] === 2;
  const headerBytes = wide ? 64 : 52;
  if (beginning.length < headerBytes) return { part: 'the ELF header', expectedBytes: headerBytes };
  const data = view(beginning);
  const { programs, sections } = elfTables(data, wide);
  const parts = [programs, ...elfSegments(data, wide, programs), sections].filter(({ size }) => size > 0);
  const cut = parts.find(({ offset, size }) => offset + size > fileBytes);
  return cut === undefined ? null : { part: cut.part, expectedBytes: cut.offset + cut.size };
}

function hasMultibootHeader(beginning: Uint8Array): boolean {
  const data = view(beginning);
  for (let at = 0; at + 12 <= beginning.length; at += 4) {
    if (data.getUint32(at, true) !== MULTIBOOT_MAGIC) continue;
    const sum = MULTIBOOT_MAGIC + data.getUint32(at + 4, true) + data.getUint32(at + 8, true);
    if (sum % 0x1_0000_0000 === 0) return true;
  }
  return false;
}

/** A Linux kernel by its own magic: "HdrS" (x86 boot protocol), zImage (ARM booting), Image (arm64 booting). */
function isLinux(beginning: Uint8Array, architecture: Architecture): boolean {
  if (architecture === 'arm') return hasWord(beginning, 0x24, 0x016f2818);
  if (architecture === 'aarch64') return hasWord(beginning, 0x38, 0x644d5241);
  return hasWord(beginning, 0x202, 0x53726448);
}

/** What kind of kernel it is that QEMU can start on that architecture, or null. */
export function kernelFormat(beginning: Uint8Array, architecture: Architecture): KernelFormat | null {
  const x86 = architecture === 'i386' || architecture === 'x86_64';
  if (isLinux(beginning, architecture)) return 'linux';
  if (isElf(beginning)) {
    const fits = beginning.length >= 20 && elfMachines[architecture].includes(view(beginning).getUint16(18, true));
    return !fits ? null : x86 && hasMultibootHeader(beginning) ? 'multiboot' : 'elf';
  }
  return x86 && hasMultibootHeader(beginning) ? 'multiboot' : null;
}

/** Where the volume descriptors of a CD begin: sector 16 of 2,048 bytes (ECMA-119, 6.2.1; ECMA-167, part 2, 8.3.1). */
const VOLUME_DESCRIPTORS = 16 * 2_048;

/** What kind of medium a CD drive would find, or null. A boot sector has its mark in its last two bytes. */
export function mediumFormat(beginning: Uint8Array): MediumFormat | null {
  const mark = text(beginning.subarray(VOLUME_DESCRIPTORS + 1), 5);
  if (mark === 'CD001') return 'iso9660';
  if (mark === 'BEA01') return 'udf';
  return beginning[510] === 0x55 && beginning[511] === 0xaa ? 'bootSector' : null;
}
