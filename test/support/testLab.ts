import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLab, type Lab } from '../../electron/lab/createLab.ts';
import type { LogRecord } from '../../electron/lab/log.ts';
import { startServer, type LabServer } from '../../electron/server/startServer.ts';
import { scratch } from './scratch.ts';

const root = join(import.meta.dirname, '..', '..');

export interface TestLab {
  readonly lab: Lab;
  readonly server: LabServer;
  readonly directory: string;
  readonly socketPath: string;
  readonly records: LogRecord[];
}

/** A lab and its doors in this process, closed when the test ends. */
export async function openTestLab(rendererDirectory = join(root, 'dist', 'renderer'), build = 'development'): Promise<TestLab> {
  const directory = scratch();
  const records: LogRecord[] = [];
  const log = (record: LogRecord): void => void records.push(record);
  const lab = await createLab({
    dataDirectory: join(directory, 'data'),
    runDirectory: join(directory, 'run'),
    resourcesDirectory: join(root, 'resources'),
    imagesDirectory: join(root, 'images'),
    build,
    version: '0.0.0',
    log,
    probeHost: false,
  });
  const socketPath = join(directory, 'run', 'lab.sock');
  const server = await startServer({ lab, socketPath, rendererDirectory, report: () => 'reference' });
  lab.system.attachDoor(server);
  onTestFinished(async () => {
    await server.dispose();
    await lab.dispose();
  });
  return { lab, server, directory, socketPath, records };
}
