import type { ImageSource } from '../../contract/catalog.ts';
import { looksLikeWebPage } from './webPage.ts';

/** So much of a file must be read to tell what it is: an ISO 9660 volume says its name behind 32 KiB. */
export const KIND_BYTES = 36 * 1024;

export type Unpacking = Extract<ImageSource, { kind: 'download' }>['unpack'];
export type FileKind =
  | { readonly kind: 'iso'; readonly format: 'iso9660'; /** The volume's own name, which often says what it is. */ readonly label: string; readonly bootable: boolean }
  | { readonly kind: 'disk'; readonly format: 'qcow2' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc' | 'raw' }
  | { readonly kind: 'archive'; readonly format: Exclude<Unpacking, 'none' | 'tar.xz' | 'tar.gz' | 'tar.bz2'> | 'tar' }
  | { readonly kind: 'page' | 'text' | 'unknown' };

const SECTOR = 2_048;
/** ISO 9660 (ECMA-119), 8.4: the primary volume descriptor is in sector 16, its label at byte 40. */
const VOLUME_AT = 16 * SECTOR;
/** El Torito 1.0, 2.0: the boot record is in sector 17. */
const BOOT_RECORD_AT = 17 * SECTOR;

const ascii = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));

/** Magic numbers at the beginning of a file, as each format's own description has them. */
const magics: readonly { readonly at: number; readonly magic: string; readonly is: FileKind }[] = [
  { at: 0, magic: 'QFI\u00fb', is: { kind: 'disk', format: 'qcow2' } },
  { at: 0, magic: 'KDMV', is: { kind: 'disk', format: 'vmdk' } },
  { at: 0, magic: '# Disk DescriptorFile', is: { kind: 'disk', format: 'vmdk' } },
  { at: 0x40, magic: '\u007f\u0010\u00da\u00be', is: { kind: 'disk', format: 'vdi' } },
  { at: 0, magic: 'vhdxfile', is: { kind: 'disk', format: 'vhdx' } },
  { at: 0, magic: 'conectix', is: { kind: 'disk', format: 'vpc' } },
  { at: 0, magic: '\u00fd7zXZ\u0000', is: { kind: 'archive', format: 'xz' } },
  { at: 0, magic: '\u001f\u008b', is: { kind: 'archive', format: 'gzip' } },
  { at: 0, magic: 'BZh', is: { kind: 'archive', format: 'bzip2' } },
  { at: 0, magic: 'PK\u0003\u0004', is: { kind: 'archive', format: 'zip' } },
  { at: 257, magic: 'ustar', is: { kind: 'archive', format: 'tar' } },
];

/** What a file is, by its first `KIND_BYTES` and its size; a kernel is told by `kernelFormat`, which needs the architecture. */
export function fileKind(beginning: Uint8Array, bytes: number): FileKind {
  if (looksLikeWebPage(beginning)) return { kind: 'page' };
  // Before all others: an ISO that starts from a USB stick too begins like a disk.
  if (ascii(beginning, VOLUME_AT + 1, 5) === 'CD001') {
    return { kind: 'iso', format: 'iso9660', label: ascii(beginning, VOLUME_AT + 40, 32).trim(), bootable: ascii(beginning, BOOT_RECORD_AT + 7, 23) === 'EL TORITO SPECIFICATION' };
  }
  const known = magics.find(({ at, magic }) => ascii(beginning, at, magic.length) === magic);
  if (known !== undefined) return known.is;
  if (isText(beginning)) return { kind: 'text' };
  // A boot sector ends with 55 AA; a disk is whole sectors.
  if (bytes % 512 === 0 && beginning[510] === 0x55 && beginning[511] === 0xaa) return { kind: 'disk', format: 'raw' };
  return { kind: 'unknown' };
}

/** No text has zeros; every disk, kernel and archive of this size has. */
function isText(beginning: Uint8Array): boolean {
  return beginning.length > 0 && beginning.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x0c || byte === 0x1b);
}

/** How to unpack a file of that kind and name: whether there is a tar archive inside shows only in its name. */
export function unpackingOf(kind: FileKind, name: string): Unpacking {
  if (kind.kind !== 'archive' || kind.format === 'tar') return 'none';
  if (kind.format === 'zip') return 'zip';
  const short = { xz: 'xz', gzip: 'gz', bzip2: 'bz2' } as const;
  const isTar = new RegExp(`\\.(tar\\.${short[kind.format]}|t${short[kind.format]}|t${kind.format === 'bzip2' ? 'bz' : short[kind.format]})$`, 'i').test(name);
  return isTar ? `tar.${short[kind.format]}` : kind.format;
}

/** The compression that a download of that packing must begin with. */
export function archiveFormat(unpack: Exclude<Unpacking, 'none'>): 'zip' | 'gzip' | 'bzip2' | 'xz' {
  const last = unpack.startsWith('tar.') ? unpack.slice(4) : unpack;
  return last === 'gz' ? 'gzip' : last === 'bz2' ? 'bzip2' : (last as 'zip' | 'gzip' | 'bzip2' | 'xz');
}

const words: Readonly<Record<Exclude<FileKind['kind'], 'disk' | 'archive'>, string>> = { iso: 'an ISO 9660 image', page: 'a web page', text: 'a text file', unknown: 'of no known format' };

export function kindWords(kind: FileKind): string {
  return kind.kind === 'disk' ? `a ${kind.format} disk image` : kind.kind === 'archive' ? `a ${kind.format} archive` : words[kind.kind];
}
