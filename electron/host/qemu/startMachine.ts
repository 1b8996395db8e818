import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Machine, MachineSpecification, Qmp } from '../../core/guests/machine.ts';
import { plainImagePaths } from '../../core/guests/plainImagePaths.ts';
import { qemuArguments, vncSocketOf } from '../../core/guests/qemuArguments.ts';
import { readClocks } from '../process/clock.ts';
import { readTail } from '../process/fileTail.ts';
import { killGroup } from '../process/killGroup.ts';
import { connectWhenReady } from './connectWhenReady.ts';
import { controlMachine, type MachineProcess } from './controlMachine.ts';
import { removeMachineDirectory, stderrPath } from './machineDirectory.ts';
import { openQmp } from './qmp.ts';

/** QEMU opens its monitor within some 50 ms; ten seconds are for a host that swaps. */
const START_LIMIT_MS = 10_000;

export interface StartMachine {
  readonly program: QemuBuild;
  readonly specification: MachineSpecification;
  /** The machine's own directory (createMachineDirectory); it belongs to the machine from now on. */
  readonly directory: string;
  /** How long QEMU may take to open its monitor and answer. */
  readonly startLimitMs?: number;
  /** Ends the attempt while the machine is being started. */
  readonly signal?: AbortSignal;
}

/** QEMU is its own session, so that no terminal and no end of the lab ends it; its words go to a file. */
function spawnQemu(program: string, argv: string[], directory: string): ChildProcess {
  const stderr = openSync(stderrPath(directory), 'a', 0o600);
  // Sockets and logs that QEMU makes are for this user only. Spawning is synchronous, so nobody else meets this mask.
  const mask = process.umask(0o177);
  try {
    return spawn(program, argv, { detached: true, stdio: ['ignore', stderr, stderr], cwd: directory, env: { ...process.env, LC_ALL: 'C' } });
  } finally {
    process.umask(mask);
    closeSync(stderr);
  }
}

function childProcess(child: ChildProcess, directory: string): MachineProcess {
  const gone = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', (error) => {
      writeFileSync(stderrPath(directory), `${error.message}\n`);
      resolve({ exitCode: null, signal: null });
    });
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  return { gone, kill, release: () => child.unref() };
}

/** The monitor of a QEMU that is just starting; gives up when it ends, at the limit, and when the caller cancels. */
async function firstContact(path: string, child: MachineProcess, limitMs: number, cancel: AbortSignal | undefined): Promise<Qmp> {
  const over = new AbortController();
  const late = new DeclaredError('QMP_FAILED', { command: 'connect', reason: 'QEMU did not open its monitor', timeoutMs: limitMs });
  const timer = setTimeout(() => over.abort(late), limitMs);
  void child.gone.then(() => over.abort(new Error('QEMU ended')));
  const signal = cancel === undefined ? over.signal : AbortSignal.any([over.signal, cancel]);
  try {
    return await openQmp(await connectWhenReady(path, signal), limitMs);
  } finally {
    clearTimeout(timer);
  }
}

/** A QEMU that aborts closes its monitor a moment before its process is gone (it may be writing a core). */
async function endsByItself(error: unknown, child: MachineProcess): Promise<boolean> {
  const hungUp = error instanceof DeclaredError && error.failure.code === 'QMP_FAILED' && error.failure.details.timeoutMs === null;
  const graceMs = hungUp ? 1_000 : 0;
  return Promise.race([child.gone.then(() => true), wait(graceMs, false, { ref: false })]);
}

/** After a failed start: nothing is left, and QEMU's own words are the error when it ended by itself. */
async function giveUp(error: unknown, { program, directory, signal }: StartMachine, argv: string[], child: MachineProcess): Promise<never> {
  const cancelled = signal?.aborted ?? false;
  const endedItself = !cancelled && (await endsByItself(error, child));
  child.kill();
  const exit = await child.gone;
  const stderrTail = await readTail(stderrPath(directory));
  await removeMachineDirectory(directory);
  if (!endedItself && !cancelled) throw error;
  throw new DeclaredError('QEMU_REFUSED', { command: program.program, args: argv, ...exit, stderrTail, cancelled }, { cause: error });
}

/**
 * Starts QEMU detached and held before the guest's first instruction: connect its consoles, then `go()`.
 * Throws QEMU_REFUSED when QEMU ends (or the start is cancelled) and QMP_FAILED when its monitor does not answer in time;
 * then no process and no file is left.
 */
export async function startMachine(start: StartMachine): Promise<Machine> {
  const { program, directory, startLimitMs = START_LIMIT_MS } = start;
  const { specification, links } = plainImagePaths(start.specification, directory);
  await Promise.all(links.map(({ path, target }) => symlink(target, path)));
  const argv = qemuArguments(specification);
  const spawnedAt = readClocks();
  const qemu = spawnQemu(program.program, argv, directory);
  const child = childProcess(qemu, directory);
  try {
    if (qemu.pid === undefined) await once(qemu, 'spawn');
    const qmp = await firstContact(specification.sockets.qmp, child, startLimitMs, start.signal);
    const record = {
      pid: qemu.pid ?? -1,
      container: null,
      argv: [program.program, ...argv],
      qemu: program,
      accelerator: specification.accelerator,
      startedAt: new Date(Number(spawnedAt.wallNs / 1_000_000n)).toISOString(),
    };
    return controlMachine({ record, uuid: specification.uuid, spawnedAt, qmp, serialSockets: specification.sockets.serial, vncSocket: vncSocketOf(specification), directory, process: child });
  } catch (error) {
    return await giveUp(error, start, argv, child);
  }
}
