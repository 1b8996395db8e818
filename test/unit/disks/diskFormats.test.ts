import { describe, expect, test } from 'vitest';
import { detectDiskFormat } from '../../../electron/core/disks/diskFormats.ts';
import { readQcow2Header } from '../../../electron/core/disks/qcow2Header.ts';

const sector = (begin: string, at = 0, fill = 0): Uint8Array => {
  const bytes = new Uint8Array(4_096).fill(fill);
  for (let index = 0; index < begin.length; index += 1) bytes[at + index] = begin.charCodeAt(index);
  return bytes;
};
const none = new Uint8Array(512);

describe('what a file is, by its own marks', () => {
  test.each([
    ['qcow2', sector('QFI\u00fb'), none],
    ['vmdk', sector('KDMV'), none],
    ['vmdk', sector('# Disk DescriptorFile\nversion=1\n', 0, 0x20), none],
    ['vhdx', sector('vhdxfile'), none],
    ['vpc', sector('conectix'), none],
    ['vpc', new Uint8Array(4_096), sector('conectix').subarray(0, 512)],
    ['vdi', sector('\u007f\u0010\u00da\u00be', 0x40), none],
    ['raw', new Uint8Array(4_096), none],
    ['raw', sector('\u0055\u00aa', 510), none],
  ] as const)('%s', (format, beginning, end) => expect(detectDiskFormat(beginning, end)).toBe(format));

  test.each([
    ['text', sector('Dear aunt, ', 0, 0x61)],
    ['gzip', sector('\u001f\u008b')],
    ['xz', sector('\u00fd7zXZ\u0000')],
    ['zip', sector('PK\u0003\u0004')],
    ['a program', sector('\u007fELF')],
    ['a picture', sector('\u0089PNG')],
  ])('%s is no disk image', (_name, beginning) => expect(detectDiskFormat(beginning, none)).toBeNull());
});

/** The header of an 8 MiB image with clusters of 64 KiB, as qemu-img makes it. */
function header(change: (data: DataView) => void = () => undefined): Uint8Array {
  const bytes = sector('QFI\u00fb');
  const data = new DataView(bytes.buffer);
  data.setUint32(4, 3);
  data.setUint32(20, 16);
  data.setBigUint64(24, 8_388_608n);
  data.setUint32(36, 1);
  data.setBigUint64(40, 0x30000n);
  data.setBigUint64(48, 0x10000n);
  data.setUint32(56, 1);
  data.setUint32(100, 104);
  change(data);
  return bytes;
}

describe("a qcow2 file's header", () => {
  test('of a whole image has its size, its tables and no problem', () => {
    expect(readQcow2Header(header())).toEqual({
      version: 3,
      virtualBytes: 8_388_608,
      backing: null,
      hasDataFile: false,
      tables: [
        { part: 'the first table', end: 0x30008 },
        { part: 'the table of reference counts', end: 0x20000 },
      ],
      problems: [],
    });
  });
  test.each([
    ['a version that nobody knows', (data: DataView) => data.setUint32(4, 9), 'version 9 of qcow2 is not known'],
    ['clusters of an impossible size', (data: DataView) => data.setUint32(20, 40), 'clusters of 2^40 bytes are impossible'],
    ['an impossible size', (data: DataView) => data.setBigUint64(24, 5n), 'a size of 5 bytes is impossible'],
    ['a first table between clusters', (data: DataView) => data.setBigUint64(40, 0x30001n), 'its first table does not begin at a cluster'],
    ['both tables in one place', (data: DataView) => data.setBigUint64(48, 0x30000n), 'its two tables lie in the same place'],
    ['a first table that is too short', (data: DataView) => data.setBigUint64(24, 2n ** 40n), 'its first table is too short for its size'],
    ['an impossibly large size', (data: DataView) => data.setBigUint64(24, 2n ** 64n - 512n), 'a size of 18446744073709551104 bytes is impossible'],
    ['a first table where no file reaches', (data: DataView) => data.setBigUint64(40, 0xffff_ffff_0003_0000n), 'the first table would end at byte 18446744069414780936, where no file reaches'],
    ['reference counts where no file reaches', (data: DataView) => data.setBigUint64(48, 2n ** 63n), 'the table of reference counts would end at byte 9223372036854841344, where no file reaches'],
    ['the name of a backing file where no file reaches', (data: DataView) => data.setBigUint64(8, 2n ** 63n), 'the name of its backing file would lie at byte 9223372036854775808, where no file reaches'],
    ["QEMU's own mark of corruption", (data: DataView) => data.setBigUint64(72, 2n), 'QEMU has marked it as corrupt'],
  ])('with %s is damaged', (_name, change, words) => expect(readQcow2Header(header(change))?.problems).toContain(words));
  test('tells a backing file and a data file', () => {
    const found = readQcow2Header(header((data) => {
      data.setBigUint64(8, 0x200n);
      data.setUint32(16, 12);
      data.setBigUint64(72, 4n);
    }));
    expect(found).toMatchObject({ backing: { offset: 0x200, length: 12 }, hasDataFile: true });
  });
  test('that is cut off is none', () => expect(readQcow2Header(header().subarray(0, 60))).toBeNull());
});
