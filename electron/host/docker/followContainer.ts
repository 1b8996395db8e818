import { appendFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { DeclaredError } from '../../contract/errors.ts';
import type { MachineEnd, Qmp } from '../../core/guests/machine.ts';
import type { MachineProcess } from '../qemu/controlMachine.ts';
import { stderrPath } from '../qemu/machineDirectory.ts';
import { withinTime } from '../process/withinTime.ts';
import { refusalOf } from './ask.ts';
import type { DockerEngine } from './engine.ts';
import { takeFilesBack } from './givenFiles.ts';
import { plainText } from './plainText.ts';
import { removeContainer } from './removeContainer.ts';
import { waitForEnd } from './waitForEnd.ts';

/** Of what QEMU says the end is enough. */
const LOG_LINES = 50;
/** How long a QEMU without its engine may take to close its disks. */
const QUIT_LIMIT_MS = 5_000;

export interface FollowedContainer {
  readonly engine: DockerEngine;
  readonly id: string;
  readonly directory: string;
  /** QEMU's monitor as soon as there is one: it is reached even when the engine is gone. */
  readonly qmp: () => Qmp | null;
  /** Closes what carries the machine's sockets. */
  readonly close: () => Promise<void>;
}

type Exit = Pick<MachineEnd, 'exitCode' | 'signal'> & { readonly failure?: MachineEnd['failure'] };

/** Init passes the end of its child on as a shell does: 128 and the signal's number. */
function readStatus(code: number): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0] ?? null;
  return signal === null ? { exitCode: code, signal: null } : { exitCode: null, signal };
}

/** What the program wrote goes where that of a program on this host goes. */
async function keepWords({ engine, id, directory }: FollowedContainer): Promise<void> {
  const container = engine.docker.getContainer(id);
  const log = await container.logs({ stdout: true, stderr: true, tail: LOG_LINES }).catch(() => null);
  const told = await container.inspect().catch(() => null);
  const words = log === null ? '' : plainText(log);
  const limit = told?.HostConfig.Memory ?? 0;
  const outOfMemory = told?.State.OOMKilled === true ? `the container had used up its memory limit of ${limit} bytes, so the kernel ended QEMU\n` : '';
  // The directory may be gone with its lab.
  await appendFile(stderrPath(directory), words + outOfMemory, { mode: 0o600 }).catch(() => undefined);
}

/** Without its engine a container's QEMU goes on; it is asked to end, so that its disks are whole and nothing is left. */
async function endWithoutEngine({ engine, qmp }: FollowedContainer, error: unknown): Promise<Exit> {
  const monitor = qmp();
  monitor?.execute('quit').catch(() => undefined);
  await withinTime(monitor?.closed, QUIT_LIMIT_MS);
  monitor?.close();
  const evidence = [error instanceof Error ? error.message : String(error), engine.words()].filter((words) => words !== '');
  const { failure } = new DeclaredError('DOCKER_VANISHED', { engine: engine.name, host: engine.host, during: 'a guest was running on it', evidence });
  return { exitCode: null, signal: null, failure };
}

/** The container of a machine as the process behind it. To be called before it is started, so that no end is missed. */
export function followContainer(followed: FollowedContainer, running: boolean): MachineProcess {
  const { engine, id, directory, close } = followed;
  const released = new AbortController();
  const wait = async (): Promise<Exit> => {
    const status = await waitForEnd(engine, id, running ? 'not-running' : 'next-exit', released.signal);
    await keepWords(followed);
    await removeContainer(engine, id).catch(() => undefined); // The next sweep finds it.
    return readStatus(status);
  };
  const gone = wait()
    .catch(async (error: unknown) => {
      if (released.signal.aborted) return new Promise<never>(() => undefined);
      // Somebody removed the container: that is an end like any other, of which nothing more is known.
      if (refusalOf(error)?.statusCode === 404) return { exitCode: null, signal: null };
      return endWithoutEngine(followed, error);
    })
    .then(async (exit) => {
      await close();
      await takeFilesBack(directory);
      return exit;
    });
  return {
    gone,
    kill: () => void engine.docker.getContainer(id).kill().catch(() => undefined), // It has ended, or its engine has: `gone` tells.
    release: () => {
      released.abort();
      void close();
    },
  };
}
