import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { DockerEngine } from './engine.ts';
import { ask } from './ask.ts';

export interface ExecStream {
  readonly exec: Docker.Exec;
  readonly stream: Duplex;
}

/** Runs a program in a container with its standard streams on one hijacked connection; with a terminal they are raw bytes. */
export async function execStream(engine: DockerEngine, container: string, command: readonly string[], terminal: boolean): Promise<ExecStream> {
  return ask(engine, `run ${command[0] ?? ''} in the container`, async (docker) => {
    const exec = await docker.getContainer(container).exec({
      Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: terminal,
      Env: terminal ? ['TERM=xterm-256color'] : [],
    });
    return { exec, stream: await exec.start({ hijack: true, stdin: true, Tty: terminal }) };
  });
}
