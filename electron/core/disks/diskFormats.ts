import type { DiskFormat } from '../../contract/disks.ts';

/** How much of a file's beginning `detectDiskFormat` wants to see. */
export const BEGINNING_BYTES = 4_096;
/** How much of its end: a VHD of fixed size has its mark only there. */
export const END_BYTES = 512;

interface Mark {
  readonly offset: number;
  readonly bytes: readonly number[];
}

const mark = (text: string, offset = 0): Mark => ({ offset, bytes: Array.from(text, (letter) => letter.charCodeAt(0)) });

/** Source: block/{qcow2.h,vmdk.c,vdi.c,vhdx.h,vpc.c} of QEMU. */
const formatMarks: readonly (readonly [DiskFormat, Mark])[] = [
  ['qcow2', mark('QFI\u00fb')],
  ['vmdk', mark('KDMV')],
  ['vmdk', mark('# Disk DescriptorFile')],
  ['vhdx', mark('vhdxfile')],
  ['vpc', mark('conectix')],
  ['vdi', mark('\u007f\u0010\u00da\u00be', 0x40)],
];

/** Files that people take for disk images: archives to be unpacked first, documents, programs. */
const otherMarks: readonly Mark[] = [
  mark('\u001f\u008b'),
  mark('\u00fd7zXZ\u0000'),
  mark('BZh'),
  mark('PK\u0003\u0004'),
  mark('\u0028\u00b5\u002f\u00fd'),
  mark('7z\u00bc\u00af'),
  mark('%PDF'),
  mark('\u0089PNG'),
  mark('\u00ff\u00d8\u00ff'),
  mark('\u007fELF'),
  mark('!<arch>'),
];

function has(bytes: Uint8Array, { offset, bytes: wanted }: Mark): boolean {
  return wanted.every((value, at) => bytes[offset + at] === value);
}

/** Whether a sector is nothing but text; a disk has a boot sector there, a header, or zeros. */
function isText(sector: Uint8Array): boolean {
  return sector.length > 0 && sector.every((byte) => byte >= 0x20 ? byte !== 0x7f : [0x09, 0x0a, 0x0c, 0x0d].includes(byte));
}

/**
 * What kind of disk image a file is, by its own marks, or null when it is none. What has no mark of its own is raw:
 * that is any sequence of sectors that is not known to be something else.
 */
export function detectDiskFormat(beginning: Uint8Array, end: Uint8Array): DiskFormat | null {
  const found = formatMarks.find(([, wanted]) => has(beginning, wanted));
  if (found !== undefined) return found[0];
  if (has(end, mark('conectix'))) return 'vpc';
  const isOther = otherMarks.some((wanted) => has(beginning, wanted)) || isText(beginning.subarray(0, 512));
  return isOther ? null : 'raw';
}
