import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
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
}

/** QEMU's own words: its standard error (and output) go here, so that they outlive the lab. */
export function stderrPath(directory: string): string {
  return join(directory, 'stderr');
}

/** Makes a new directory of mode 0700 under the run directory. Throws PATH_REFUSED when a socket's path would be too long. */
export async function createMachineDirectory(runDirectory: string, serialPorts = 1): Promise<MachineDirectory> {
  const path = join(runDirectory, `m${randomBytes(5).toString('hex')}`);
  const ports = Array.from({ length: serialPorts }, (_, index) => join(path, `serial${index}`));
  for (const socket of ports) {
    const bytes = Buffer.byteLength(socket);
    if (bytes > SOCKET_PATH_LIMIT) {
      throw new DeclaredError('PATH_REFUSED', { path: runDirectory, reason: `a socket's path has ${bytes} bytes there, and ${SOCKET_PATH_LIMIT} are possible` });
    }
  }
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path,
    sockets: { qmp: join(path, 'qmp'), serial: ports },
    serialLogs: ports.map((port) => `${port}.log`),
    tracePath: join(path, 'trace'),
  };
}
