import { Buffer } from 'node:buffer';

/** A file in the root directory of a medium; the name is at most eight letters and an ending of three. */
export interface MediumFile {
  readonly name: string;
  readonly content: Buffer;
}

export interface BootableMedium {
  /** At most 32 letters of A–Z, 0–9 and underscore. */
  readonly volume: string;
  readonly files: readonly MediumFile[];
  /** The file that the firmware loads, without emulation of a disk. */
  readonly boot: string;
}

const SECTOR = 2_048;
/** Sectors 0 to 15 belong to the system; then one each for what describes the medium. */
const at = { volume: 16, boot: 17, end: 18, pathsLittle: 19, pathsBig: 20, root: 21, catalog: 22, files: 23 } as const;

const sectors = (bytes: number): number => Math.ceil(bytes / SECTOR);

/** A number in both byte orders, as ECMA-119 (8.3.3, 8.2.3) wants most of them. */
function both16(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt16LE(value, offset);
  buffer.writeUInt16BE(value, offset + 2);
}
function both32(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt32LE(value, offset);
  buffer.writeUInt32BE(value, offset + 4);
}

/** ECMA-119, 9.1. */
function directoryRecord(identifier: string, sector: number, bytes: number, isDirectory: boolean): Buffer {
  const name = Buffer.from(identifier, 'latin1');
  const record = Buffer.alloc(33 + name.length + ((name.length + 1) % 2));
  record.writeUInt8(record.length, 0);
  both32(record, 2, sector);
  both32(record, 10, bytes);
  // The date of recording stays zero: the same files give the same medium.
  record.writeUInt8(isDirectory ? 2 : 0, 25);
  both16(record, 28, 1);
  record.writeUInt8(name.length, 32);
  name.copy(record, 33);
  return record;
}

/** `vmlinuz` is recorded as `VMLINUZ.;1`: a name always has its dot and its version (ECMA-119, 7.5.1). */
function recordedName(name: string): string {
  const upper = name.toUpperCase();
  return `${upper.includes('.') ? upper : `${upper}.`};1`;
}

function text(buffer: Buffer, offset: number, length: number, words: string): void {
  buffer.write(words.padEnd(length, ' '), offset, length, 'latin1');
}

/** ECMA-119, 8.4. */
function volumeDescriptor(volume: string, totalSectors: number): Buffer {
  const descriptor = Buffer.alloc(SECTOR);
  descriptor.write('\u0001CD001\u0001', 0, 'latin1');
  text(descriptor, 8, 32, 'LINUX');
  text(descriptor, 40, 32, volume);
  both32(descriptor, 80, totalSectors);
  both16(descriptor, 120, 1);
  both16(descriptor, 124, 1);
  both16(descriptor, 128, SECTOR);
  both32(descriptor, 132, 10);
  descriptor.writeUInt32LE(at.pathsLittle, 140);
  descriptor.writeUInt32BE(at.pathsBig, 148);
  directoryRecord('\0', at.root, SECTOR, true).copy(descriptor, 156);
  for (const [offset, length] of [[190, 128], [318, 128], [446, 128], [574, 128], [702, 37], [739, 37], [776, 37]] as const) text(descriptor, offset, length, '');
  for (const offset of [813, 830, 847, 864]) descriptor.write('0'.repeat(16), offset, 'latin1');
  descriptor.writeUInt8(1, 881);
  return descriptor;
}

/** El Torito 1.0, figure 7. */
function bootRecord(): Buffer {
  const record = Buffer.alloc(SECTOR);
  record.write('\0CD001\u0001EL TORITO SPECIFICATION', 0, 'latin1');
  record.writeUInt32LE(at.catalog, 71);
  return record;
}

/** El Torito 1.0, figures 2 and 3: a validation entry, whose words sum up to zero, and one entry to boot from. */
function bootCatalog(sector: number): Buffer {
  const catalog = Buffer.alloc(SECTOR);
  catalog.writeUInt8(1, 0);
  catalog.writeUInt16LE(0xaa55, 30);
  let sum = 0;
  for (let offset = 0; offset < 32; offset += 2) sum += catalog.readUInt16LE(offset);
  catalog.writeUInt16LE((0x1_0000 - (sum & 0xffff)) & 0xffff, 28);
  catalog.writeUInt8(0x88, 32);
  catalog.writeUInt16LE(4, 38); // sectors of 512 bytes that the firmware loads; the loader reads the rest of itself
  catalog.writeUInt32LE(sector, 40);
  return catalog;
}

/** The table that isolinux.bin wants in itself: where the volume and it are, its size and the sum of its words (mkisofs(8), -boot-info-table). */
function withBootInformation(file: Buffer, sector: number): Buffer {
  const patched = Buffer.from(file);
  patched.fill(0, 8, 64);
  patched.writeUInt32LE(at.volume, 8);
  patched.writeUInt32LE(sector, 12);
  patched.writeUInt32LE(file.length, 16);
  let sum = 0;
  for (let offset = 64; offset + 4 <= file.length; offset += 4) sum = (sum + file.readUInt32LE(offset)) >>> 0;
  patched.writeUInt32LE(sum, 20);
  return patched;
}

/** A path table with the root alone (ECMA-119, 9.4). */
function pathTable(bigEndian: boolean): Buffer {
  const table = Buffer.alloc(SECTOR);
  table.writeUInt8(1, 0);
  if (bigEndian) {
    table.writeUInt32BE(at.root, 2);
    table.writeUInt16BE(1, 6);
  } else {
    table.writeUInt32LE(at.root, 2);
    table.writeUInt16LE(1, 6);
  }
  return table;
}

/** The bytes of a CD image that a PC's firmware boots: ISO 9660 with one directory, and El Torito. */
export function bootableMedium({ volume, files, boot }: BootableMedium): Buffer {
  let next: number = at.files;
  const placed = [...files]
    .sort((a, b) => (recordedName(a.name) < recordedName(b.name) ? -1 : 1))
    .map(({ name, content }) => {
      const sector = next;
      next += sectors(content.length);
      return { name, sector, content: name === boot ? withBootInformation(content, sector) : content };
    });
  const bootSector = placed.find(({ name }) => name === boot)?.sector ?? 0;
  const medium = Buffer.alloc(next * SECTOR);
  const put = (sector: number, content: Buffer): void => void content.copy(medium, sector * SECTOR);

  put(at.volume, volumeDescriptor(volume, next));
  put(at.boot, bootRecord());
  medium.write('\u00ffCD001\u0001', at.end * SECTOR, 'latin1');
  put(at.pathsLittle, pathTable(false));
  put(at.pathsBig, pathTable(true));
  put(at.root, Buffer.concat([directoryRecord('\0', at.root, SECTOR, true), directoryRecord('\u0001', at.root, SECTOR, true), ...placed.map(({ name, sector, content }) => directoryRecord(recordedName(name), sector, content.length, false))]));
  put(at.catalog, bootCatalog(bootSector));
  for (const { sector, content } of placed) put(sector, content);
  return medium;
}
