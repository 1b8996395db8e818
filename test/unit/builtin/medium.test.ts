import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { BUILTIN } from '../../support/qemuGuest.ts';

const SECTOR = 2048;
const medium = readFileSync(join(BUILTIN, 'built/petri-installer.iso'));
const kernel = readFileSync(join(BUILTIN, 'built/petri-i386.elf'));
const sector = (number: number) => medium.subarray(number * SECTOR, (number + 1) * SECTOR);

test('the medium has the checksum that SHA256SUMS gives', () => {
  const digest = createHash('sha256').update(medium).digest('hex');
  expect(readFileSync(join(BUILTIN, 'built/SHA256SUMS'), 'utf8')).toContain(`${digest}  petri-installer.iso\n`);
});

test('the medium is a small ISO 9660 image that is as long as it says, in both byte orders', () => {
  expect(medium.length).toBeLessThan(256 * 1024);
  expect(sector(16).toString('latin1', 0, 6)).toBe('\x01CD001');
  expect(sector(16).readUInt32LE(80) * SECTOR).toBe(medium.length);
  expect(sector(16).readUInt32BE(84) * SECTOR).toBe(medium.length);
});

test('its boot catalog is the one of El Torito, with a checksum that adds up and a loader without emulation', () => {
  expect(sector(17).toString('latin1', 0, 30)).toBe('\0CD001\x01EL TORITO SPECIFICATION');
  const catalog = sector(sector(17).readUInt32LE(0x47));
  const words = Array.from({ length: 16 }, (_, at) => catalog.readUInt16LE(at * 2));
  expect(words.reduce((sum, word) => (sum + word) & 0xffff, 0)).toBe(0);
  expect([...catalog.subarray(30, 34)]).toEqual([0x55, 0xaa, 0x88, 0]);
  expect(sector(catalog.readUInt32LE(40)).toString('latin1', 8, 16)).toBe('PETRIBT1');
});

test('its loader knows where the kernel is and what its checksum is', () => {
  const record = sector(sector(sector(17).readUInt32LE(0x47)).readUInt32LE(40)).subarray(8, 160);
  const [sectorBytes, first, bytes, checksum] = [8, 12, 16, 20].map((at) => record.readUInt32LE(at));
  expect(sectorBytes).toBe(SECTOR);
  expect(bytes).toBe(kernel.length);
  expect(checksum).toBe(crc32(kernel));
  expect(medium.subarray((first ?? 0) * SECTOR).subarray(0, bytes).equals(kernel)).toBe(true);
  expect(record.toString('latin1', 24).split('\0')[0]).toBe('petri-i386.elf install console=vga');
});

test('the medium tells nothing of the machine that built it', () => {
  expect(medium.toString('latin1')).not.toMatch(/\/(work|home|root|tmp|usr)\//);
});
