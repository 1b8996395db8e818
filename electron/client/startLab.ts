import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { DeclaredError, failure, type Failure } from '../contract/errors.ts';
import { answers } from './channels.ts';
import { fromFailure } from './failures.ts';
import { openRunDirectory, type LabPaths } from './labPaths.ts';

/** The lab's first and only line on its standard output. */
const announcement = z.union([z.object({ ready: z.object({ socket: z.string(), pid: z.number() }) }), z.object({ failure })]);
type Announcement = z.infer<typeof announcement>;

/**
 * A lab lives long beside the guests that it minds, so it trades a little speed of its garbage collector for memory:
 * with V8's default of 16 MiB semi-spaces it grows by some 25 MB.
 */
const MEMORY_FLAGS = ['--max-semi-space-size=2'];

/** How the lab's program is run. */
export interface LabProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The lab's program beside this one: sources under Node 24 in development, the bundle in a package. In the packaged
 * app `process.execPath` is Electron, which runs as Node when it is told so.
 */
export function labProgram(): LabProgram {
  const bundled = join(import.meta.dirname, '..', 'server', 'index.js');
  return labProgramAt(existsSync(bundled) ? bundled : join(import.meta.dirname, '..', 'server', 'index.ts'));
}

/** The same for a program that is somewhere else. */
export function labProgramAt(program: string): LabProgram {
  const isElectron = 'electron' in process.versions;
  return { command: process.execPath, args: [...MEMORY_FLAGS, program], environment: isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {} };
}

/** How long a lab that holds the lock may take until it listens or is gone. It repairs its database before that. */
const LOCKED_LIMIT_MS = 20_000;

/** A lab that could not start ends right after it has said so; on a busy machine that may take a moment. */
const FAREWELL_LIMIT_MS = 5_000;

/**
 * Starts a lab that outlives this process and resolves when it answers. When another shell's lab was first, that one
 * answers instead; when one was about to end, the new one follows it. Rejects with the lab's own declared error, or
 * with LAB_START_FAILED.
 */
export async function startLab(paths: LabPaths, program: LabProgram = labProgram()): Promise<void> {
  const patience = AbortSignal.timeout(LOCKED_LIMIT_MS);
  while (true) {
    const locked = await spawnLab(paths, program);
    if (locked === null || (await untilAnswersOrFree(paths, locked, patience)) === 'answers') return;
  }
}

/** Null when the lab is ready, LAB_LOCKED when there is another one; any other failure is thrown. */
async function spawnLab(paths: LabPaths, program: LabProgram): Promise<Failure | null> {
  openRunDirectory(paths.runDirectory);
  const stderr = openSync(paths.stderrPath, 'a', 0o600);
  const child = spawn(program.command, [...program.args, '--data', paths.dataDirectory, '--run', paths.runDirectory, '--socket', paths.socketPath], {
    cwd: '/',
    detached: true,
    env: { ...process.env, ...program.environment },
    stdio: ['ignore', 'pipe', stderr],
    windowsHide: true,
  });
  closeSync(stderr);
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  try {
    const said = await firstWord(child);
    if (said !== null && 'ready' in said) return null;
    // Who is told of the failure finds nothing of that lab any more.
    await Promise.race([gone, wait(FAREWELL_LIMIT_MS, undefined, { ref: false })]);
    if (said?.failure.code === 'LAB_LOCKED') return said.failure;
    const tail = logTail(paths);
    removeRunFiles(paths);
    throw said === null ? new DeclaredError('LAB_START_FAILED', { logPath: paths.logPath, logTail: tail }) : fromFailure(said.failure);
  } finally {
    child.unref();
    child.stdout?.destroy();
  }
}

/** What the lab announces, or null when it ends without a word. */
async function firstWord(child: ChildProcess): Promise<Announcement | null> {
  if (child.stdout === null) return null;
  const failedToSpawn = once(child, 'error').then(() => null);
  return Promise.race([firstAnnouncement(createInterface({ input: child.stdout })), failedToSpawn]);
}

async function firstAnnouncement(lines: AsyncIterable<string>): Promise<Announcement | null> {
  for await (const line of lines) {
    const parsed = announcement.safeParse(tryJson(line));
    if (parsed.success) return parsed.data;
  }
  return null;
}

/**
 * Another lab holds the lock: it is about to listen, or about to end. Then it takes away the note that it keeps beside
 * the lock. Rejects with LAB_LOCKED when it does neither.
 */
async function untilAnswersOrFree({ dataDirectory, runDirectory, socketPath }: LabPaths, locked: Failure, patience: AbortSignal): Promise<'answers' | 'free'> {
  const { promise, resolve, reject } = Promise.withResolvers<'answers' | 'free'>();
  const look = (): void => {
    if (!existsSync(join(dataDirectory, 'lock.json'))) resolve('free');
    void answers(socketPath).then((answered) => {
      if (answered) resolve('answers');
    });
  };
  const giveUp = (): void => reject(fromFailure(locked));
  const watchers = [runDirectory, dataDirectory].map((directory) => watch(directory, look));
  patience.addEventListener('abort', giveUp);
  if (patience.aborted) giveUp();
  look();
  try {
    return await promise;
  } finally {
    patience.removeEventListener('abort', giveUp);
    for (const watcher of watchers) watcher.close();
  }
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A lab that did not start needs no run directory; one in which guests still run is not empty and stays. */
function removeRunFiles({ runDirectory, stderrPath }: LabPaths): void {
  rmSync(stderrPath, { force: true });
  try {
    rmdirSync(runDirectory);
  } catch {
    // Not empty, or gone already.
  }
}

/** What the lab said last: on its standard error when it died early, else in its log. */
function logTail({ stderrPath, logPath }: LabPaths): string {
  const contents = [logPath, stderrPath].map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
  return contents
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-12)
    .join('\n')
    .slice(-4_096);
}
