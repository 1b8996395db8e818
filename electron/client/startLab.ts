import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { DeclaredError, failure, type Failure } from '../contract/errors.ts';
import { answers } from './channels.ts';
import { fromFailure } from './failures.ts';
import { openRunDirectory, type LabPaths } from './labPaths.ts';

/** The lab's first and only line on its standard output. */
const announcement = z.union([z.object({ ready: z.object({ socket: z.string(), pid: z.number() }) }), z.object({ failure })]);

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
  const program = existsSync(bundled) ? bundled : join(import.meta.dirname, '..', 'server', 'index.ts');
  const isElectron = 'electron' in process.versions;
  return { command: process.execPath, args: [program], environment: isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {} };
}

/**
 * Starts a lab that outlives this process and resolves when it answers. When another shell's lab was first, that one
 * answers instead. Rejects with the lab's own declared error, or with LAB_START_FAILED.
 */
export async function startLab(paths: LabPaths, program: LabProgram = labProgram()): Promise<void> {
  openRunDirectory(paths.runDirectory);
  const stderr = openSync(paths.stderrPath, 'w', 0o600);
  const child = spawn(program.command, [...program.args, '--data', paths.dataDirectory, '--run', paths.runDirectory, '--socket', paths.socketPath], {
    cwd: '/',
    detached: true,
    env: { ...process.env, ...program.environment },
    stdio: ['ignore', 'pipe', stderr],
    windowsHide: true,
  });
  closeSync(stderr);
  try {
    await untilReady(child, paths);
  } finally {
    child.unref();
    child.stdout?.destroy();
  }
}

async function untilReady(child: ChildProcess, paths: LabPaths): Promise<void> {
  const said = await firstWord(child);
  if (said !== null && 'ready' in said) return;
  const refused: Failure | null = said?.failure ?? null;
  if (refused?.code === 'LAB_LOCKED') return untilAnswering(paths, refused);
  if (refused !== null) throw fromFailure(refused);
  throw new DeclaredError('LAB_START_FAILED', { logPath: paths.logPath, logTail: logTail(paths) });
}

/** What the lab announces, or null when it ends without a word. */
async function firstWord(child: ChildProcess): Promise<z.infer<typeof announcement> | null> {
  if (child.stdout === null) return null;
  const failedToSpawn = once(child, 'error').then(() => null);
  const firstLine = (async (stdout) => {
    for await (const line of createInterface({ input: stdout })) {
      const parsed = announcement.safeParse(tryJson(line));
      if (parsed.success) return parsed.data;
    }
    return null;
  })(child.stdout);
  return Promise.race([firstLine, failedToSpawn]);
}

/** How long a lab that holds the lock may take until it listens. It repairs its database before that. */
const LOCKED_LIMIT_MS = 20_000;

/** Another lab holds the lock: it is about to listen. */
async function untilAnswering({ runDirectory, socketPath }: LabPaths, locked: Failure): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const look = (): void => {
    void answers(socketPath).then((answered) => {
      if (answered) resolve(undefined);
    });
  };
  const watcher = watch(runDirectory, look);
  const limit = setTimeout(() => reject(fromFailure(locked)), LOCKED_LIMIT_MS);
  look();
  try {
    await promise;
  } finally {
    clearTimeout(limit);
    watcher.close();
  }
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
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
