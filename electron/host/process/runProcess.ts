import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { DeclaredError } from '../../contract/errors.ts';
import { killGroup } from './killGroup.ts';

/** How much of what a process wrote is kept as evidence. */
const TAIL_CHARACTERS = 4_096;

export interface RunProcess {
  /** After this time the process and its children are killed, and it has failed. */
  readonly timeLimitMs: number;
  readonly signal?: AbortSignal;
  /** How much standard output is read before the process has failed. */
  readonly outputLimitCharacters?: number;
  /** Where it works; this process's own directory when absent. */
  readonly cwd?: string;
  /** Called with each piece of standard output as it comes; what it was given is then not kept. */
  readonly onOutput?: (piece: string) => void;
}

interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why we ended it, or why it never began; null when it ended by itself. */
  readonly ended: string | null;
}

function collect(stream: Readable, limit: number, full: () => void, onOutput?: (piece: string) => void): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    if (onOutput === undefined) text += chunk;
    else onOutput(chunk);
    if (text.length > limit) full();
  });
  return () => text;
}

function runToExit(command: string, args: readonly string[], options: RunProcess): Promise<Exit> {
  const { timeLimitMs, signal, outputLimitCharacters = 1_048_576, cwd } = options;
  const child = spawn(command, args, { ...(cwd !== undefined && { cwd }), stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', env: { ...process.env, LC_ALL: 'C' } });
  let ended: string | null = null;
  const end = (why: string): void => {
    ended ??= why;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    // A grandchild that left the group could hold the pipes open for ever.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const cancel = (): void => end('cancelled');
  const stdout = collect(child.stdout, outputLimitCharacters, () => end('wrote too much'), options.onOutput);
  const stderr = collect(child.stderr, outputLimitCharacters, () => end('wrote too much'));
  const timer = setTimeout(() => end(`no end within ${timeLimitMs} ms`), timeLimitMs);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  return new Promise((resolve) => {
    child.once('error', (error) => (ended ??= error.message));
    child.once('close', (exitCode, exitSignal) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve({ exitCode: ended === null ? exitCode : null, signal: exitSignal, stdout: stdout(), stderr: stderr(), ended });
    });
  });
}

/**
 * Runs a program to its end, without a shell. Throws PROCESS_FAILED for every end but exit code 0, also when there is no
 * such program. It leads its own process group, so that a program that hangs takes its children with it.
 */
export async function runProcess(command: string, args: readonly string[], options: RunProcess): Promise<{ stdout: string; stderr: string }> {
  const { exitCode, signal, stdout, stderr, ended } = await runToExit(command, args, options);
  if (exitCode === 0) return { stdout, stderr };
  const stderrTail = [ended, stderr].filter((words) => words !== null && words !== '').join('\n').slice(-TAIL_CHARACTERS);
  throw new DeclaredError('PROCESS_FAILED', { command, args: [...args], exitCode, signal, stderrTail, cancelled: ended === 'cancelled' });
}
