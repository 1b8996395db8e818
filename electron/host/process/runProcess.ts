import { execa, ExecaError } from 'execa';
import { DeclaredError } from '../../contract/errors.ts';

/** How much of what a process wrote is kept as evidence. */
const TAIL_CHARACTERS = 4_096;

export interface RunProcess {
  /** After this time the process is killed and has failed. */
  readonly timeLimitMs: number;
  readonly signal?: AbortSignal;
  readonly outputLimitBytes?: number;
}

/**
 * Runs a program to its end, without a shell. Throws PROCESS_FAILED for every end but exit code 0, also when there is no
 * such program; a process that is cancelled or too slow is killed first.
 */
export async function runProcess(command: string, args: readonly string[], options: RunProcess): Promise<{ stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await execa(command, args, {
      timeout: options.timeLimitMs,
      killSignal: 'SIGKILL',
      stdin: 'ignore',
      maxBuffer: options.outputLimitBytes ?? 1_048_576,
      env: { LC_ALL: 'C' },
      ...(options.signal && { cancelSignal: options.signal }),
    });
    return { stdout, stderr };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const words = typeof error.stderr === 'string' && error.stderr !== '' ? error.stderr : error.shortMessage;
    throw new DeclaredError(
      'PROCESS_FAILED',
      {
        command,
        args: [...args],
        exitCode: error.exitCode ?? null,
        signal: error.signal ?? null,
        stderrTail: (error.timedOut ? `no end within ${options.timeLimitMs} ms\n${words}` : words).slice(-TAIL_CHARACTERS),
        cancelled: error.isCanceled,
      },
      { cause: error },
    );
  }
}
