import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoopbackAddress } from '../contract/system.ts';
import { answerFailure } from './answers.ts';
import { closeDoor, createDoor } from './door.ts';
import { createLines, type ServedLab } from './lines.ts';
import { createLoopbackDoor } from './loopbackDoor.ts';

export interface ServerOptions {
  readonly lab: ServedLab;
  /** The path of a Unix socket, or the name of a pipe on Windows. */
  readonly socketPath: string;
  /** The page's built files, for the loopback door. */
  readonly rendererDirectory: string;
  /** Logs an error that nobody declared and answers with its reference. */
  readonly report: (error: unknown) => string;
}

/** The lab's doors. The local one is open from the start, the loopback one on request. */
export interface LabServer {
  listen(port: number): Promise<LoopbackAddress>;
  stopListening(): Promise<void>;
  /** Lets nobody in any more, and takes the socket away; who is in stays until `dispose`. */
  refuseNew(): void;
  dispose(): Promise<void>;
}

/**
 * Opens the local door. The caller holds the data directory's lock, so a socket file that is there was left by a lab
 * that was killed.
 */
export async function startServer({ lab, socketPath, rendererDirectory, report }: ServerOptions): Promise<LabServer> {
  const lines = createLines(lab, report);
  const loopback = createLoopbackDoor({ lab, rendererDirectory, report });
  const local = createDoor({
    lines,
    report,
    check: () => undefined,
    answer: (request, response) => answerFailure(response, { code: 'NOT_FOUND', details: { noun: 'page', id: (request.url ?? '/').slice(0, 200) } }),
  });
  const isPipe = process.platform === 'win32';
  if (!isPipe) {
    mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
    rmSync(socketPath, { force: true });
  }
  local.listen(socketPath);
  await once(local, 'listening');
  if (!isPipe) chmodSync(socketPath, 0o600);

  return {
    listen: (port) => loopback.listen(port),
    stopListening: () => loopback.stopListening(),
    refuseNew() {
      lines.refuse();
      local.close();
    },
    async dispose() {
      await Promise.all([loopback.stopListening(), closeDoor(local, lines)]);
    },
  };
}
