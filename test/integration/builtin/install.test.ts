import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { readCounts } from '../../support/guestCounts.ts';
import { bootGuest, builtKernel, canRun, hasProgram, PROMPT, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { answerInstaller, COPY, emptyDisk, ideDisk, mediumDrive, PARTITION, rawDisk, SECTOR, startWith } from './installing.ts';
import { describeMachines, phaseNames, phasesSeen } from './machines.ts';

const PC = { architecture: 'i386' } as const;
const kernel = readFileSync(builtKernel(PC));
const checksum = `0x${crc32(kernel).toString(16).padStart(8, '0')}`;
const MiB = 1024 * 1024;

/** The bytes of a disk image as its guest sees them. */
function contentOf(path: string): Buffer {
  const raw = join(scratch(), 'content.raw');
  execFileSync('qemu-img', ['convert', '-O', 'raw', path, raw]);
  return readFileSync(raw);
}

describeMachines([PC], (machine) => {
  test('the medium installs the guest on an empty qcow2 disk, which then boots without the medium and without -kernel', async () => {
    const disk = emptyDisk(scratch(), 16 * MiB);
    const installer = startWith([...ideDisk(disk, 'qcow2'), ...mediumDrive(PC)]);
    await installer.waitFor(/\narguments: $/);
    expect(phasesSeen(installer.text())).toEqual(phaseNames(machine));
    await answerInstaller(installer, 'calls=25 entry=int21');
    expect(installer.text().split('petri# install\r\n')[1]?.split('\r\n')).toEqual([
      'petri: disk 16777216 bytes, 32768 sectors',
      'arguments: calls=25 entry=int21',
      'petri: partition 1 start 2048, sectors 30720, type 0x7f, active',
      'install? [y/n] y',
      `petri: copied ${kernel.length} bytes, crc32 ${checksum}`,
      `petri: verified ${kernel.length} bytes, crc32 ${checksum}`,
      expect.stringMatching(/^petri: loader written, \d+ bytes$/),
      'petri: partition table written',
      'petri: installed',
      'petri# ',
    ]);
    installer.send('halt\r');
    expect(await installer.exit).toEqual({ code: 0, signal: null });

    const content = contentOf(disk);
    expect([...content.subarray(446, 462)]).toEqual([0x80, 0xfe, 0xff, 0xff, 0x7f, 0xfe, 0xff, 0xff, 0, 8, 0, 0, 0, 0x78, 0, 0]);
    expect(content.readUInt16BE(510)).toBe(0x55aa);
    expect(content.subarray(COPY * SECTOR, COPY * SECTOR + kernel.length).equals(kernel)).toBe(true);

    const guest = startWith(ideDisk(disk, 'qcow2'));
    await guest.waitFor(/since=load\r\npetri# $/);
    expect(guest.text().startsWith('Petri guest 1 (i386)\r\n')).toBe(true);
    expect(phasesSeen(guest.text())).toEqual(phaseNames(machine));
    expect(readCounts(guest.text())[0]).toMatchObject({ calls: 25, entries: { int21: 25 } });
    expect(await guest.run('disk sum')).toBe(`copy bytes=${kernel.length} crc32=${checksum} recorded=${checksum} intact\r\n`);
    guest.send('reboot\r');
    expect(await guest.exit).toEqual({ code: 0, signal: null });
  });

  test('the installed guest changes its disk from inside, and what it wrote is there after a power cut', async () => {
    const disk = emptyDisk(scratch(), 8 * MiB);
    const attached = ideDisk(disk, 'qcow2');
    const first = await bootGuest({ ...machine, extra: attached });
    expect(await first.run('disk')).toBe('petri: disk 8388608 bytes, 16384 sectors\r\n');
    const zeros = Buffer.alloc(SECTOR);
    const written = Buffer.alloc(SECTOR, 171);
    const sumOf = (bytes: Buffer) => `0x${crc32(bytes).toString(16).padStart(8, '0')}`;
    expect(await first.run('disk read 5000')).toBe(`sector 5000 crc32=${sumOf(zeros)} begins${' 00'.repeat(16)}\r\n`);
    expect(await first.run('disk write 5000 171')).toBe('written sector=5000 count=1 byte=171\r\n');
    expect(await first.run('disk write 16000 7 384')).toBe('written sector=16000 count=384 byte=7\r\n');
    await first.kill();

    const second = await bootGuest({ ...machine, extra: attached });
    expect(await second.run('disk read 5000')).toBe(`sector 5000 crc32=${sumOf(written)} begins${' ab'.repeat(16)}\r\n`);
    const range = Buffer.concat([zeros, Buffer.alloc(384 * SECTOR, 7)]);
    expect(await second.run('disk sum 15999 385')).toBe(`sum sector=15999 count=385 crc32=${sumOf(range)}\r\n`);
    expect(await second.run('disk read 16384')).toBe('petri: the disk failed at sector 16384: beyond its end\r\n');
    expect(await second.run('disk write 16383 1 2')).toBe('petri: the disk failed at sector 16383: beyond its end\r\n');
    expect(await second.run('disk sum')).toBe('petri: nothing is installed on this disk\r\n');
    for (const wrong of ['disk write 1', 'disk write 1 256', 'disk read x', 'disk sum 1', 'disk eject']) expect(await second.run(wrong)).toMatch(/^usage: disk /);
    second.send('disk sum 0 16384\r\x03');
    await second.waitFor(/cancelled after \d+ of 16384\r\npetri# $/);
  });

  test('every sector of a large disk has its own address', async () => {
    const guest = await bootGuest({ ...machine, extra: ideDisk(emptyDisk(scratch(), 100 * 1024 * MiB), 'qcow2') });
    expect(await guest.run('disk')).toBe('petri: disk 107374182400 bytes, 209715200 sectors\r\n');
    const places = [0, 1, 0x100, 0x1_0000, 0x100_0000, 209_715_199];
    for (const [at, place] of places.entries()) await guest.run(`disk write ${place} ${at + 1}`);
    for (const [at, place] of places.entries()) expect(await guest.run(`disk read ${place}`)).toContain(` begins 0${at + 1} 0${at + 1} `);
  });

  test('a load beside a disk counts what it did and nothing else', async () => {
    const guest = await bootGuest({ ...machine, extra: ideDisk(emptyDisk(scratch(), 4 * MiB), 'qcow2') });
    await guest.run('disk sum 0 100');
    expect(readCounts(await guest.run('switches 300'))[0]).toMatchObject({ calls: 300, switches: 300, faults: 0 });
  });

  test('it installs nothing unless it is told to, says what it would replace, and installs over what is there', async () => {
    const disk = rawDisk(scratch(), Buffer.concat([Buffer.alloc(510, 1), Buffer.from([0x55, 0xaa])]), 4 * MiB);
    const before = readFileSync(disk);
    const guest = startWith([...ideDisk(disk, 'raw'), ...mediumDrive(PC), '-boot', 'order=d']);
    await guest.waitFor(/\narguments: $/);
    expect(guest.text()).toContain('petri: the disk has a partition table, which will be replaced\r\n');
    guest.send('\r');
    await guest.waitFor(/\ninstall\? \[y\/n\] $/);
    guest.send('n\r');
    await guest.waitFor(/^petri: not installed, nothing was written\r\npetri# $/m);
    guest.send('install\r');
    await guest.waitFor(/arguments: $/);
    guest.send('calls=1\x03');
    await guest.waitFor(/arguments: calls=1\^C\r\npetri: not installed, nothing was written\r\npetri# $/);
    expect(readFileSync(disk).equals(before)).toBe(true);
    guest.send('install\r');
    await answerInstaller(guest, '');
    expect(readFileSync(disk).readUInt32LE(446 + 8)).toBe(PARTITION);
  });

  test.each([
    ['too small', ['-blockdev', 'null-co,node-name=disk,size=1048576'], 'petri: disk 1048576 bytes, 2048 sectors\r\npetri: disk too small: 2097152 bytes are needed\r\n'],
    ['absent', [], 'petri: no disk: nothing answers as an IDE disk\r\n'],
  ])('a disk that is %s is refused with one clear line', async (_reason, disk, says) => {
    const device = disk.length === 0 ? [] : ['-device', 'ide-hd,drive=disk,bus=ide.0'];
    const guest = startWith([...disk, ...device, ...mediumDrive(PC)]);
    await guest.waitFor(/install\r\n[^]*petri# $/);
    expect(guest.text().endsWith(`petri# install\r\n${says}petri# `)).toBe(true);
  });

  test('a disk that forgets what is written is noticed when the copy is read back', async () => {
    const guest = startWith(['-blockdev', 'null-co,node-name=disk,size=4194304,read-zeroes=on', '-device', 'ide-hd,drive=disk,bus=ide.0', ...mediumDrive(PC)]);
    await guest.waitFor(/\narguments: $/);
    guest.send('\ry\r');
    await guest.waitFor(/^petri: the copy is damaged: crc32 0x[0-9a-f]{8}\r\npetri# $/m);
    expect(guest.text()).not.toContain('petri: installed');
  });

  test('a disk that refuses a write ends the installation with the sector', async () => {
    const faulty = { driver: 'blkdebug', 'node-name': 'disk', 'inject-error': [{ event: 'none', iotype: 'write', sector: COPY + 5, errno: 5 }], image: { driver: 'null-co', size: 4 * MiB, 'read-zeroes': true } };
    const guest = startWith(['-blockdev', JSON.stringify(faulty), '-device', 'ide-hd,drive=disk,bus=ide.0,werror=report', ...mediumDrive(PC)]);
    await guest.waitFor(/\narguments: $/);
    guest.send('\ry\r');
    await guest.waitFor(new RegExp(`^petri: the disk failed at sector ${COPY + 5}: error\r\npetri# $`, 'm'));
    expect(guest.text()).not.toContain('petri: installed');
  });

  test('booted by -kernel it installs when it is given its own file as a module, and says so when it is not', async () => {
    const disk = emptyDisk(scratch(), 4 * MiB);
    const without = await bootGuest({ ...machine, extra: ideDisk(disk, 'qcow2') });
    expect(await without.run('install')).toBe('petri: disk 4194304 bytes, 8192 sectors\r\npetri: no copy of the kernel to install: boot the installer medium\r\n');
    await without.kill();
    const guest = startGuest({ ...machine, append: 'install', extra: [...ideDisk(disk, 'qcow2'), '-initrd', builtKernel(machine)] });
    await answerInstaller(guest, '');
    guest.send('halt\r');
    await guest.exit;
    expect(contentOf(disk).subarray(COPY * SECTOR, COPY * SECTOR + kernel.length).equals(kernel)).toBe(true);
  });

  test('the loader refuses a damaged copy, and each piece of boot code says what it misses', async () => {
    const disk = emptyDisk(scratch(), 2 * MiB);
    const installer = startWith([...ideDisk(disk, 'qcow2'), ...mediumDrive(PC)]);
    await answerInstaller(installer, '');
    await installer.kill();
    const whole = contentOf(disk);
    const damage: readonly [(content: Buffer) => void, RegExp][] = [
      [(content) => void content.writeUInt8(content.readUInt8(COPY * SECTOR + 30_000) ^ 0x10, COPY * SECTOR + 30_000), new RegExp(`^petri: the kernel is damaged: crc32 0x[0-9a-f]{8}, recorded ${checksum}\r\n$`)],
      [(content) => void content.writeUInt32LE(1_000_000, PARTITION * SECTOR + 24), /^petri: the loader's record of the kernel is damaged\r\n$/],
      [(content) => void content.writeUInt32LE(1_000_000, PARTITION * SECTOR + 20), /^petri: the loader cannot read the kernel\r\n$/],
      [(content) => void content.fill(0, PARTITION * SECTOR, PARTITION * SECTOR + 512), /^petri: no loader in the active partition\r\n$/],
      [(content) => void (content[446] = 0), /^petri: no active partition\r\n$/],
      [(content) => void content.writeUInt32LE(1_000_000, 446 + 8), /^petri: cannot read the disk\r\n$/],
    ];
    for (const [harm, says] of damage) {
      const content = Buffer.from(whole);
      harm(content);
      const guest = startWith(ideDisk(rawDisk(scratch(), content), 'raw'));
      await guest.waitFor(/\r\n/);
      expect(guest.text()).toMatch(says);
      await guest.kill();
    }
  });
});

describeMachines([{ architecture: 'x86_64', board: 'q35', cpu: 'max' }], (machine) => {
  test('the medium boots, and the guest says that the board has no IDE disk', async () => {
    const guest = startWith(mediumDrive(machine), machine);
    await guest.waitFor(/install\r\n[^]*petri# $/);
    expect(phasesSeen(guest.text())).toEqual(phaseNames(machine));
    expect(guest.text().endsWith('petri# install\r\npetri: no disk: nothing answers as an IDE disk\r\npetri# ')).toBe(true);
  });
});

describeMachines([{ architecture: 'arm' }], (machine) => {
  test('the sister has the commands and says that there is no disk', async () => {
    const guest = await bootGuest({ ...machine, append: 'install' });
    await guest.waitFor(/install\r\n[^]*petri# $/);
    for (const command of ['install', 'disk', 'disk read 1', 'disk write 1 1', 'disk sum']) expect(await guest.run(command)).toBe('petri: no disk: nothing answers as an IDE disk\r\n');
  });

  test('reboot starts the machine again', async () => {
    const guest = await bootGuest(machine);
    guest.send('reboot\r');
    expect(await guest.exit).toEqual({ code: 0, signal: null });
    expect(PROMPT.test(guest.text())).toBe(true);
  });
});

test.skipIf(!canRun(PC) || !hasProgram('xorriso'))('another reader finds the kernel on the medium', () => {
  const directory = scratch();
  const path = join(directory, 'kernel.elf');
  execFileSync('xorriso', ['-osirrox', 'on', '-indev', join(import.meta.dirname, '../../../images/builtin/built/petri-installer.iso'), '-extract', '/PETRI.ELF', path], { stdio: 'pipe' });
  expect(readFileSync(path).equals(kernel)).toBe(true);
});
