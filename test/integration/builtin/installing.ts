import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILTIN, type GuestMachine, type RunningGuest, startGuest } from '../../support/qemuGuest.ts';

export const MEDIUM = join(BUILTIN, 'built/petri-installer.iso');

/** The place of everything on an installed disk, in sectors of 512 bytes (images/builtin/user/install.c). */
export const SECTOR = 512;
export const PARTITION = 2048;
export const COPY = PARTITION + 16;

/** Arguments for a disk on the first IDE channel. */
export function ideDisk(path: string, format: 'raw' | 'qcow2'): string[] {
  return ['-drive', `file=${path},format=${format},if=none,id=disk`, '-device', 'ide-hd,drive=disk,bus=ide.0,unit=0'];
}

/** Arguments for the installer medium in the CD drive, where the firmware of the board looks for one. */
export function mediumDrive({ board = 'pc' }: Partial<GuestMachine>): string[] {
  const place = board === 'q35' ? 'bus=ide.5' : 'bus=ide.1,unit=0';
  return ['-drive', `file=${MEDIUM},format=raw,readonly=on,if=none,id=medium`, '-device', `ide-cd,drive=medium,${place}`];
}

/** An empty qcow2 disk. */
export function emptyDisk(directory: string, bytes: number): string {
  const path = join(directory, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, String(bytes)]);
  return path;
}

/** A raw disk that begins with these bytes. */
export function rawDisk(directory: string, content: Buffer, bytes = content.length): string {
  const path = join(directory, 'disk.raw');
  writeFileSync(path, content);
  const file = openSync(path, 'r+');
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}

/** Answers the dialogue of the installation; resolves when the guest says that it is done. */
export async function answerInstaller(guest: RunningGuest, parameters: string): Promise<void> {
  await guest.waitFor(/\narguments: $/);
  guest.send(`${parameters}\r`);
  await guest.waitFor(/\ninstall\? \[y\/n\] $/);
  guest.send('y\r');
  await guest.waitFor(/\npetri: installed\r\npetri# $/);
}

/** A PC that its firmware boots from what is attached. */
export function startWith(extra: readonly string[], machine: Partial<GuestMachine> = {}): RunningGuest {
  return startGuest({ architecture: 'i386', ...machine, kernel: null, extra });
}
