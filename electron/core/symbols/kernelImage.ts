import { unreadable } from './byteReader.ts';
import { isElf, readElf, type ElfFile } from './elfFile.ts';
import { elfSymbols } from './elfSymbols.ts';
import type { SymbolTable } from './symbolTable.ts';

/** Bytes of a kernel at the addresses that it was linked for. */
export interface KernelPart {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** A kernel as it is booted, as far as a symbol file can be held against it. */
export interface KernelImage {
  readonly file: string;
  readonly architecture: 'x86' | 'arm' | 'other';
  /** Null for an image without an ELF header or a Multiboot header that names it. */
  readonly entry: bigint | null;
  readonly parts: readonly KernelPart[];
  readonly elf: ElfFile | null;
}

const architectures: Readonly<Record<number, KernelImage['architecture']>> = { 3: 'x86', 62: 'x86', 40: 'arm' };

/** A kernel that is an ELF file, or a Multiboot kernel that says itself where it belongs. Throws SYMBOLS_UNREADABLE for another. */
export function readKernelImage(file: string, bytes: Uint8Array): KernelImage {
  if (!isElf(bytes)) return multibootImage(file, bytes);
  const elf = readElf(file, bytes);
  const parts = elf.segments.map(({ address, offset, fileSize, executable }) => ({ address, bytes: bytes.subarray(offset, offset + fileSize), executable }));
  return { file, architecture: architectures[elf.machine] ?? 'other', entry: elf.entry, parts, elf };
}

const MULTIBOOT = { magic: 0x1badb002, searched: 8_192, hasAddresses: 0x1_0000 } as const;

/** The Multiboot header (Multiboot Specification 0.6.96, 3.1): magic, flags, checksum, then the addresses when flag 16 is set. */
function multibootImage(file: string, bytes: Uint8Array): KernelImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): number => (at + 4 <= bytes.byteLength ? view.getUint32(at, true) : 0);
  for (let at = 0; at < Math.min(MULTIBOOT.searched, bytes.byteLength - 12); at += 4) {
    const flags = word(at + 4);
    if (word(at) !== MULTIBOOT.magic || ((MULTIBOOT.magic + flags + word(at + 8)) & 0xffff_ffff) !== 0) continue;
    if ((flags & MULTIBOOT.hasAddresses) === 0) throw unreadable(file, 'it has a Multiboot header without addresses and is no ELF file');
    const [header, load, entry] = [word(at + 12), word(at + 16), word(at + 28)];
    const begin = at - (header - load);
    if (begin < 0 || begin > bytes.byteLength) throw unreadable(file, 'its Multiboot header names addresses outside the file');
    return { file, architecture: 'x86', entry: BigInt(entry), parts: [{ address: BigInt(load), bytes: bytes.subarray(begin), executable: true }], elf: null };
  }
  throw unreadable(file, 'it is neither an ELF file nor a Multiboot kernel');
}

/** Linux for 32-bit ARM without its wrapping has no header: it lies where its first symbol says (`_text`, or `stext`). */
export function plainImage(file: string, bytes: Uint8Array, symbols: SymbolTable): KernelImage {
  const begin = symbols.byName.get('_text') ?? symbols.byName.get('stext');
  if (begin === undefined) throw unreadable(file, 'it is an image without addresses, and the symbols do not say where it begins (_text)');
  return { file, architecture: 'arm', entry: null, parts: [{ address: begin.address, bytes, executable: true }], elf: null };
}

/** A kernel's bytes at an address; null when not all of them are in the image. */
export function bytesAt({ parts }: KernelImage, address: bigint, size: number): Uint8Array | null {
  for (const part of parts) {
    const offset = address - part.address;
    if (offset >= 0n && offset + BigInt(size) <= BigInt(part.bytes.length)) return part.bytes.subarray(Number(offset), Number(offset) + size);
  }
  return null;
}

/** The symbols that a kernel brings itself, null when it was stripped. */
export function ownSymbols({ elf }: KernelImage): SymbolTable | null {
  return elf?.sections.some(({ type }) => type === 2) === true ? elfSymbols(elf) : null;
}
