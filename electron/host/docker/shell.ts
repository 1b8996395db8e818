import { once } from 'node:events';
import { ask } from './ask.ts';
import type { DockerEngine } from './engine.ts';
import { execStream } from './execStream.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal in a container. */
export interface ContainerShell {
  /** One listener takes all bytes, from the first. */
  read(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  /** Resolves when the shell has ended or was closed; null when nobody knows its exit code. */
  readonly closed: Promise<{ readonly exitCode: number | null }>;
  close(): void;
}

/** `docker exec -it CONTAINER sh`: as the container's own user. Throws DOCKER_REFUSED and DOCKER_VANISHED. */
export async function openShell(engine: DockerEngine, container: string, size: TerminalSize, command: readonly string[] = ['/bin/sh']): Promise<ContainerShell> {
  const { exec, stream } = await execStream(engine, container, command, true);
  // A new terminal has no size until somebody gives it one.
  const resize = ({ columns, rows }: TerminalSize): Promise<void> =>
    ask(engine, 'change the size of the terminal', async () => {
      await exec.resize({ w: columns, h: rows });
    });
  stream.on('error', () => undefined);
  const closed = once(stream, 'close').then(async () => {
    const told = await exec.inspect().catch(() => null);
    return { exitCode: told?.Running === false ? told.ExitCode : null };
  });
  await resize(size).catch(() => undefined); // It may have ended already; `closed` tells.
  return {
    read: (listener) => void stream.on('data', listener),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (stream.destroyed) reject(new Error('the shell has ended'));
        else stream.write(bytes, (error) => (error == null ? resolve() : reject(error)));
      }),
    resize,
    closed,
    close: () => stream.destroy(),
  };
}
