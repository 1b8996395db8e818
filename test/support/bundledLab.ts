import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectToSocket, type Connection } from '../../electron/client/labConnection.ts';
import { labPaths } from '../../electron/client/labPaths.ts';
import { labProgramAt, startLab } from '../../electron/client/startLab.ts';

export interface BundledLab {
  readonly connection: Connection;
  /** Ends guests and lab and removes what they wrote. */
  close(): Promise<void>;
}

/** The lab as it is shipped: the bundle, in a process of its own, on an empty data directory. */
export async function startBundledLab(): Promise<BundledLab> {
  const folder = mkdtempSync(join(tmpdir(), 'petri-'));
  const paths = labPaths(join(folder, 'data'));
  await startLab(paths, labProgramAt(join(import.meta.dirname, '../../dist/server/index.js')));
  const connection = await connectToSocket(paths.socketPath, 'test', 'development');
  return {
    connection,
    async close() {
      await connection.client.system.shutdown({ guests: 'kill' });
      await connection.closed;
      rmSync(folder, { recursive: true, force: true });
      rmSync(paths.runDirectory, { recursive: true, force: true });
    },
  };
}
