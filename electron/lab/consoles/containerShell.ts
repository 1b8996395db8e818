import { FIRST_SIZE, type TerminalPort } from '../../core/consoles/bytePort.ts';
import type { DockerEngine } from '../../host/docker/engine.ts';
import { openShell } from '../../host/docker/shell.ts';

/** A shell in a container as a port. Throws what the engine throws. */
export async function openContainerShell(engine: DockerEngine, container: string): Promise<TerminalPort> {
  const shell = await openShell(engine, container, FIRST_SIZE);
  return {
    read: (listener) => shell.read(listener),
    write: (bytes) => shell.write(bytes),
    close: () => shell.close(),
    closed: shell.closed.then(() => undefined),
    // A size that came too late for a shell that has ended is of no account.
    resize: (columns, rows) => void shell.resize({ columns, rows }).catch(() => undefined),
  };
}
