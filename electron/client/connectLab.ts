import { DeclaredError } from '../contract/errors.ts';
import { connectToSocket, openLine, type Connection, type ShellName } from './labConnection.ts';
import { labPaths, type LabPaths } from './labPaths.ts';
import { startLab } from './startLab.ts';

export type { Connection, ShellName } from './labConnection.ts';
export type { ConsoleStream } from './consoleStream.ts';

export interface ConnectOptions {
  /** The platform's default when it is not named. */
  readonly dataDirectory?: string;
  readonly shell: ShellName;
  /** This shell's build, which the lab compares with its own. */
  readonly build: string;
  /** Whether to start a lab when none answers; otherwise LAB_UNREACHABLE. */
  readonly start: boolean;
}

/**
 * Finds the lab of a data directory, starts it when none answers, and says hello. Any number of shells may do so at
 * once and share one lab. Rejects with LAB_UNREACHABLE, VERSION_MISMATCH (see `restartLab`), LAB_START_FAILED, or
 * the declared error with which the lab did not start, such as DATA_NEWER.
 */
export async function connectLab({ dataDirectory, shell, build, start }: ConnectOptions): Promise<Connection> {
  const paths = labPaths(dataDirectory);
  try {
    return await connectToSocket(paths.socketPath, shell, build);
  } catch (error) {
    if (!start || !isUnreachable(error)) throw error;
  }
  await startLab(paths);
  return connectToSocket(paths.socketPath, shell, build);
}

/**
 * A line to the lab for as long as the signal lets it: when one is lost, for example because the lab was killed, the
 * lab is found or started again. The next one is opened when the reader asks for it and the last one is gone. Rejects
 * like `connectLab`.
 */
export async function* stayConnected(options: ConnectOptions, signal: AbortSignal): AsyncGenerator<Connection, void, undefined> {
  while (!signal.aborted) {
    const connection = await connectLab(options);
    const leave = (): void => void connection.close();
    signal.addEventListener('abort', leave);
    try {
      yield connection;
      await connection.closed;
    } finally {
      signal.removeEventListener('abort', leave);
      await connection.close();
    }
  }
}

/**
 * The way out of VERSION_MISMATCH: asks the running lab to end, whatever its version, and starts this build's.
 * Guests keep running and are adopted.
 */
export async function restartLab(options: Omit<ConnectOptions, 'start'>): Promise<Connection> {
  await endLab(labPaths(options.dataDirectory));
  return connectLab({ ...options, start: true });
}

/** Asks a lab to end and resolves when it closed the line; one that does not answer has ended already. */
async function endLab({ socketPath }: LabPaths): Promise<void> {
  try {
    const line = await openLine(socketPath);
    await line.client.system.shutdown({ guests: 'leave' });
    await line.closed;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof DeclaredError && error.code === 'LAB_UNREACHABLE';
}
