import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFilesBack } from '../docker/givenFiles.ts';
import { findProcesses } from '../process/findProcesses.ts';
import { foreignEnd, killForeign } from '../process/foreignProcess.ts';
import { MACHINE_DIRECTORY_NAME } from './machineDirectory.ts';

/**
 * Removes the machines of a lab that died: every machine directory that is not kept, after the QEMU that has its sockets
 * there was killed. The caller holds the lock of the data directory, so no living lab owns them. Answers their paths.
 */
export async function sweepRunDirectory(runDirectory: string, kept: ReadonlySet<string>): Promise<string[]> {
  const names = (await readdir(runDirectory).catch(() => [])).filter((name) => MACHINE_DIRECTORY_NAME.test(name));
  const stale = names.map((name) => join(runDirectory, name)).filter((path) => !kept.has(path));
  for (const path of stale) {
    const processes = findProcesses(join(path, 'qmp'));
    for (const { pid, startTime } of processes) killForeign(pid, startTime);
    await Promise.all(processes.map(({ pid, startTime }) => foreignEnd(pid, startTime)));
    await takeFilesBack(path);
    await rm(path, { recursive: true, force: true });
  }
  return stale;
}
