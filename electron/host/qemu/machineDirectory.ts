import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { MachineSpecification } from '../../core/guests/machine.ts';

/** `sun_path` of unix(7) has 108 bytes on Linux and 104 on macOS, one of them for the final zero. */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107;

/** One directory holds everything that exists only while a machine runs. */
export interface MachineDirectory {
  readonly path: string;
  readonly sockets: MachineSpecification['sockets'];
  readonly serialLogs: string[];
  readonly tracePath: string;
  /** Where QEMU's monitor for people is when somebody wants it. */
  readonly monitorSocket: string;
}

/** QEMU's own words: its standard error (and output) go here, so that they outlive the lab. */
export function stderrPath(directory: string): string {
  return join(directory, 'stderr');
}

/** Names that machines' directories have, so that those of a dead lab can be told from anything else. */
export const MACHINE_DIRECTORY_NAME = /^[gm][0-9a-f]{10}$/;

/** Where a machine's files will be. A guest's directory is always the same, so that its command can be shown beforehand. */
export function machineLayout(runDirectory: string, guest: string | null, serialPorts = 1): MachineDirectory {
  const name = guest === null ? `m${randomBytes(5).toString('hex')}` : `g${createHash('sha256').update(guest).digest('hex').slice(0, 10)}`;
  const path = join(runDirectory, name);
  const ports = Array.from({ length: serialPorts }, (_, index) => join(path, `serial${index}`));
  return {
    path,
    sockets: { qmp: join(path, 'qmp'), serial: ports, vnc: join(path, 'vnc'), monitor: null },
    serialLogs: ports.map((port) => `${port}.log`),
    tracePath: join(path, 'trace'),
    monitorSocket: join(path, 'monitor'),
  };
}

function refuseLongSocket(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_LIMIT) return;
  throw new DeclaredError('PATH_REFUSED', { path, reason: `a socket's path may have ${SOCKET_PATH_LIMIT} bytes, and this one has ${bytes}` });
}

/** Makes the directory of a layout, mode 0700 and empty. Throws PATH_REFUSED when a socket's path would be too long. */
export async function makeMachineDirectory(layout: MachineDirectory): Promise<void> {
  const { qmp, serial, vnc } = layout.sockets;
  for (const socket of [qmp, ...serial, ...(vnc === null ? [] : [vnc]), layout.monitorSocket]) refuseLongSocket(socket);
  await rm(layout.path, { recursive: true, force: true });
  await mkdir(layout.path, { recursive: true, mode: 0o700 });
}

/** A new directory under a new name, for a machine that is no guest. */
export async function createMachineDirectory(runDirectory: string, serialPorts = 1): Promise<MachineDirectory> {
  const layout = machineLayout(runDirectory, null, serialPorts);
  await makeMachineDirectory(layout);
  return layout;
}

export async function removeMachineDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
