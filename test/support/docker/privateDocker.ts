import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connectWhenReady } from '../../../electron/host/qemu/connectWhenReady.ts';
import { runProcess } from '../../../electron/host/process/runProcess.ts';
import { hasProgram } from '../qemuGuest.ts';
import { baseImage } from './baseImage.ts';

/** It takes 3 s on two quiet cores. */
const START_LIMIT_MS = 60_000;
const COMMAND_LIMIT_MS = 120_000;

/** Under this name the base image is imported. */
export const BASE = 'petri-test-base';

export interface PrivateDocker {
  readonly host: string;
  readonly socketPath: string;
  readonly directory: string;
  /** Of dockerd now; its network namespace has the bridges, and the published ports. */
  pid(): number;
  /** Runs the engine's own command line program. */
  docker(...args: string[]): Promise<string>;
  /** SIGKILL: what a crash does. Containers go on without it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it with its containers and sees that no process, mount, control group or file is left. */
  close(): Promise<void>;
}

/** Why there can be no private Docker Engine here, said loudly once; null when there can. */
export function dockerObstacle(): string | null {
  const missing = ['dockerd', 'docker', 'mmdebstrap', 'ip', 'unshare'].filter((program) => !hasProgram(program));
  const reasons = [...missing.map((program) => `${program} is not installed`), ...(process.getuid?.() === 0 ? [] : ['a private Docker Engine needs root'])];
  if (reasons.length === 0) return null;
  process.stderr.write(`SKIPPED: Docker: ${reasons.join(', ')}\n`);
  return reasons.join(', ');
}

/**
 * A Docker Engine of our own with everything in one directory, and in a network namespace of its own: it touches neither
 * the bridges nor the packet filter of this machine, where another engine may run.
 */
export async function startPrivateDocker(): Promise<PrivateDocker> {
  const directory = mkdtempSync(join(tmpdir(), 'petri-docker-'));
  const socketPath = join(directory, 'docker.sock');
  const host = `unix://${socketPath}`;
  const controlGroup = basename(directory);
  let child: ChildProcess | undefined;
  const docker = async (...args: string[]): Promise<string> => (await runProcess('docker', ['--host', host, ...args], { timeLimitMs: COMMAND_LIMIT_MS })).stdout.trim();

  const start = async (): Promise<void> => {
    rmSync(socketPath, { force: true });
    // What a killed engine left: a pid of it may still be that of a zombie, or by now of somebody else.
    for (const file of ['pid', 'exec/containerd/containerd.pid']) rmSync(join(directory, file), { force: true });
    child = spawnDaemon(directory, host, controlGroup);
    const over = AbortSignal.timeout(START_LIMIT_MS);
    const ended = new AbortController();
    child.once('exit', () => ended.abort(new Error(`dockerd ended:\n${readFileSync(join(directory, 'log'), 'utf8').slice(-3_000)}`)));
    (await connectWhenReady(socketPath, AbortSignal.any([over, ended.signal]))).destroy();
    await docker('version');
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  /** Its containerd may outlive it by a moment, and would be in the way of the next one. */
  const kill = async (): Promise<void> => {
    await end('SIGKILL');
    await endAll(processesIn(directory).filter((pid) => !commandOf(pid).includes('containerd-shim') && !commandOf(pid).includes('docker-proxy')));
  };
  const close = async (): Promise<void> => {
    await end('SIGTERM');
    // Only after a crash of the engine is there anything to end.
    await endAll([...new Set(processesIn(directory).flatMap(withChildren))]);
    await unmountAll(directory);
    removeControlGroups(controlGroup);
    rmSync(directory, { recursive: true, force: true });
    const left = [...mountsIn(directory), ...processesIn(directory).map(String)];
    if (left.length > 0) throw new Error(`the private Docker Engine left behind:\n${left.join('\n')}`);
  };

  try {
    const base = await baseImage();
    await start();
    await docker('import', base, BASE);
  } catch (error) {
    await close();
    throw error;
  }
  return { host, socketPath, directory, pid: () => child?.pid ?? -1, docker, kill, start, close };
}

/** `sh` only brings up the loopback of the new namespace; every word after it is an argument, not a part of the script. */
function spawnDaemon(directory: string, host: string, controlGroup: string): ChildProcess {
  for (const folder of ['data', 'exec']) mkdirSync(join(directory, folder), { recursive: true });
  const log = openSync(join(directory, 'log'), 'a');
  const daemon = [
    'dockerd', '--host', host, '--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid'),
    '--bip', '10.213.0.1/24', '--cgroup-parent', controlGroup, '--log-level', 'warn',
  ];
  try {
    return spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...daemon], { stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // It ended while we looked.
  }
}

/** The engine's containerd, and the shims of containers that it lost: all name its directory in their command line. */
function processesIn(directory: string): number[] {
  const engine = /^(\/usr\/s?bin\/)?(dockerd|containerd|containerd-shim[\w-]*|docker-proxy)\0/;
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => engine.test(commandOf(pid)) && commandOf(pid).includes(directory));
}

/** Children of a shim are what runs in its container. */
function withChildren(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter((word) => word !== '').map(Number);
    return [pid, ...children.flatMap(withChildren)];
  } catch {
    return [];
  }
}

/** Kills these and waits until they are gone. */
async function endAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  for (const pid of pids) while (!isZombie(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isZombie(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

function mountsIn(directory: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${directory}/`));
}

async function unmountAll(directory: string): Promise<void> {
  for (const path of mountsIn(directory).reverse()) await runProcess('umount', ['--lazy', path], { timeLimitMs: COMMAND_LIMIT_MS });
}

/** The engine leaves the group that its containers were in. */
function removeControlGroups(name: string): void {
  for (const controller of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    try {
      rmdirSync(join('/sys/fs/cgroup', controller, name));
    } catch {
      // This controller has no such group.
    }
  }
}
