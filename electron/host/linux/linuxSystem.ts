import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cpioArchive, withDirectories, type CpioEntry } from './cpio.ts';
import { kernelModules, modulesDep } from './kernelModules.ts';
import { librariesFor } from './sharedLibraries.ts';

/** What a small Linux system is made of. */
export interface LinuxSystem {
  /** The unpacked packages. */
  readonly root: string;
  /** The kernel's release, which is the name of its folder in `/lib/modules`. */
  readonly release: string;
  /** Modules that are loaded at the start, with all that they need. */
  readonly modules: readonly string[];
  /** The terminal on the machine's first serial port. */
  readonly serial: 'ttyS0' | 'ttyAMA0';
  /** Programs of the packages by their place in both systems; their libraries come along. */
  readonly programs: readonly string[];
}

const textFile = (path: string, content: string, mode = 0o644): CpioEntry => ({ path, kind: 'file', mode, content: Buffer.from(content) });

/** Folders that must be there, because something is mounted on them or written into them. */
const folders: readonly CpioEntry[] = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'dev', 'proc', 'sys', 'run', 'tmp', 'mnt', 'var/log', 'etc/dropbear'].map((path) => ({ path, kind: 'directory', mode: 0o755 }));

function settings(serial: string): CpioEntry[] {
  const login = (terminal: string, words: string): string => `${terminal}::respawn:/sbin/getty ${words}\n`;
  return [
    { path: 'root', kind: 'directory', mode: 0o700 },
    { path: 'dev/console', kind: 'device', mode: 0o600, major: 5, minor: 1 },
    textFile('etc/passwd', 'root::0:0:root:/root:/bin/sh\n'),
    textFile('etc/group', 'root:x:0:\n'),
    textFile('etc/hostname', 'linux\n'),
    textFile('etc/issue', 'Linux \\r on \\m, as root without a password\n\n'),
    textFile('etc/inittab', `::sysinit:/etc/rcS\n${login(serial, `-L 115200 ${serial} vt100`)}${login('tty1', '38400 tty1 linux')}::ctrlaltdel:/sbin/reboot\n::shutdown:/bin/umount -a -r\n`),
    textFile('etc/acpi/PWRF/00000080', '#!/bin/sh\npoweroff\n', 0o755),
  ];
}

async function modulesOf({ root, release, modules }: LinuxSystem): Promise<CpioEntry[]> {
  const home = `lib/modules/${release}`;
  const found = await kernelModules(join(root, home), modules);
  const files = found.map(({ path, content }): CpioEntry => ({ path: `${home}/${path}`, kind: 'file', mode: 0o644, content }));
  return [...files, textFile(`${home}/modules.dep`, modulesDep(found)), textFile('etc/modules', found.map(({ name }) => `${name}\n`).join(''))];
}

const placeOf = (program: string, folder: string | undefined): string => (folder === undefined ? program : `${folder}/${basename(program)}`);

/**
 * Programs and the libraries that they need, these in the one folder in which their interpreter looks first. The programs
 * go to a folder of their own where one is named: busybox has some of the same name and puts them in the usual places.
 */
export async function programsOf(root: string, programs: readonly string[], folder?: string): Promise<CpioEntry[]> {
  const files = await Promise.all(programs.map((path) => readFile(join(root, path))));
  const libraries = await librariesFor(root, files);
  return [
    ...files.map((content, index): CpioEntry => ({ path: placeOf(programs[index] ?? '', folder), kind: 'file', mode: 0o755, content })),
    ...[...libraries].map(([name, content]): CpioEntry => ({ path: `${name.startsWith('ld-') ? 'lib64' : 'lib'}/${name}`, kind: 'file', mode: 0o755, content })),
  ];
}

/** The files of a system with busybox, which is an initial RAM disk as it is and a root file system when it is unpacked on a disk. */
export async function linuxSystem(system: LinuxSystem, resourcesDirectory: string): Promise<CpioEntry[]> {
  const { root, serial, programs } = system;
  const script = async (name: string, path: string): Promise<CpioEntry> => ({ path, kind: 'file', mode: 0o755, content: await readFile(join(resourcesDirectory, 'linux', name)) });
  return [
    ...folders,
    ...settings(serial),
    { path: 'bin/busybox', kind: 'file', mode: 0o755, content: await readFile(join(root, 'bin/busybox')) },
    await script('init', 'init'),
    await script('rcS', 'etc/rcS'),
    await script('udhcpc.script', 'etc/udhcpc.script'),
    ...(await modulesOf(system)),
    ...(await programsOf(root, programs)),
  ];
}

/** The archive of some files, in the order that Linux can unpack. */
export function archiveOf(entries: readonly CpioEntry[]): Buffer {
  return cpioArchive(withDirectories(entries));
}
