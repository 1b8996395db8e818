import { spawn } from 'node:child_process';
import { constants, readdirSync, readFileSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DeclaredError } from '../../../contract/errors.ts';
import type { TraceTarget } from '../../../core/calls/processTracer.ts';
import { findInPath } from '../../process/findInPath.ts';
import { killGroup } from '../../process/killGroup.ts';

type Command = Extract<TraceTarget, { kind: 'command' }>;

/** In the environment of a program that is started to be watched, and of what it starts. */
export const MARK = 'PETRI_TRACE';

/** Throws TRACED_PROGRAM_MISSING. */
export async function refuseMissing({ command, directory = '.' }: Command): Promise<void> {
  if (!(await isDirectory(directory))) throw new DeclaredError('TRACED_PROGRAM_MISSING', { command, reason: `${directory}: no such directory` });
  const found = command.includes('/') ? await isExecutable(resolve(directory, command)) : (await findInPath(command)) !== null;
  if (!found) throw new DeclaredError('TRACED_PROGRAM_MISSING', { command, reason: `${command}: no such program that may be executed` });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}

/** Runs the same command as a tracer would, and nobody watches it: how long it takes. What it started ends with it, or with the signal. */
export async function runUntraced({ command, args, directory }: Command, mark: string, signal: AbortSignal): Promise<{ readonly durationNs: number }> {
  signal.throwIfAborted();
  const child = spawn(command, [...args], { stdio: 'ignore', detached: true, env: { ...process.env, [MARK]: mark }, ...(directory !== undefined && { cwd: directory }) });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  signal.addEventListener('abort', end, { once: true });
  const began = performance.now();
  try {
    await new Promise<void>((ended, failed) => {
      child.once('error', failed);
      child.once('exit', () => {
        // What it left behind is in its group, which has this number for as long as anything is in it.
        if (child.pid !== undefined) killGroup(child.pid);
        ended();
      });
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
  signal.throwIfAborted();
  return { durationNs: Math.round((performance.now() - began) * 1e6) };
}

/** Ends what a lab that died had started with one of these marks and what is deaf to the interrupt. Linux only: nothing is watched elsewhere. */
export function endMarked(marks: readonly string[]): void {
  if (process.platform !== 'linux' || marks.length === 0) return;
  const words = new Set(marks.map((mark) => `${MARK}=${mark}`));
  // What starts others while it is looked for is found in the next turn.
  for (let turn = 0; turn < 10; turn += 1) {
    const left = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && environmentOf(name).some((word) => words.has(word)));
    if (left.length === 0) return;
    for (const pid of left) endProcess(Number(pid));
  }
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // It has ended, or is somebody else's.
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
