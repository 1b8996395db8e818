import { stat, symlink, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { GuestLimits, MachineRecord } from '../../contract/guests.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { containerOptions, cpuLimit, dockerRunCommand, memoryLimit, mountsOf, portsOf, type ContainerPlan } from '../../core/containers/containerPlan.ts';
import type { Machine, MachineSpecification, Qmp } from '../../core/guests/machine.ts';
import { plainImagePaths } from '../../core/guests/plainImagePaths.ts';
import { qemuArguments, vncSocketOf } from '../../core/guests/qemuArguments.ts';
import { readClocks } from '../process/clock.ts';
import { readTail } from '../process/fileTail.ts';
import { connectWhenReady } from '../qemu/connectWhenReady.ts';
import { controlMachine, type MachineProcess } from '../qemu/controlMachine.ts';
import { removeMachineDirectory, stderrPath } from '../qemu/machineDirectory.ts';
import { openQmp } from '../qemu/qmp.ts';
import type { StartMachine } from '../qemu/startMachine.ts';
import { ask } from './ask.ts';
import { awaitSerialClients } from './awaitSerialClients.ts';
import { carriedMachine, carriedVolume, carryFiles, type CarriedMachine } from './carriedFiles.ts';
import { carryMachineSockets } from './carriedSockets.ts';
import type { DockerEngine } from './engine.ts';
import { followContainer } from './followContainer.ts';
import { containerUser, giveFiles, isReadableByAll, openFolders, takeFilesBack } from './givenFiles.ts';
import { layerMounts } from './layerMounts.ts';
import { needNetwork } from './networks.ts';
import { qemuPid } from './qemuPid.ts';
import { removeContainer } from './removeContainer.ts';

/** An engine starts a container in half a second; the rest is for a host that swaps, and for ssh. */
const START_LIMIT_MS = 60_000;

export interface StartContainerMachine extends StartMachine {
  readonly engine: DockerEngine;
  /** With QEMU in it, by its id. */
  readonly image: string;
  /** Null for a machine that is no guest. */
  readonly guest: string | null;
  readonly limits: Pick<GuestLimits, 'cpuPercent' | 'memoryMiB'>;
  /** A network of the engine for a guest that has a network; the engine's default when it is not named. */
  readonly network?: string;
}

/** The device of an accelerator with its group, through which a user that is not root may open it. */
async function devicesFor({ accelerator }: MachineSpecification): Promise<ContainerPlan['devices']> {
  if (accelerator !== 'kvm') return [];
  const path = '/dev/kvm';
  const group = await stat(path).then(({ gid }) => gid, () => 0);
  return [{ path, group }];
}

interface PlannedContainer {
  readonly plan: ContainerPlan;
  readonly carried: CarriedMachine;
}

/** Nothing is changed for it, here or on the engine. Throws NETWORK_MISSING, PATH_REFUSED and what the engine throws. */
async function planContainer(start: StartContainerMachine): Promise<PlannedContainer> {
  const { engine, directory, limits, guest, network } = start;
  const inside = { ...start.specification, forwardAddress: '0.0.0.0' };
  const carried = engine.sharesFiles ? { ...plainImagePaths(inside, directory), files: [] } : carriedMachine(engine, inside, directory);
  const { specification } = carried;
  if (specification.network.kind !== 'none' && network !== undefined) await needNetwork(engine, network);
  const { NCPU } = await ask(engine, 'tell about its host', (docker) => docker.info() as Promise<{ NCPU: number }>);
  const { mounts } = await layerMounts(start.specification.disks);
  const plan: ContainerPlan = {
    name: `petri-${guest ?? 'machine'}-${basename(directory)}`,
    image: start.image,
    guest,
    directory,
    command: [start.program.program, ...qemuArguments(specification)],
    user: containerUser(),
    mounts: engine.sharesFiles ? mountsOf(start.specification, directory, mounts) : [],
    volume: engine.sharesFiles ? null : carriedVolume(directory),
    devices: await devicesFor(specification),
    network: specification.network.kind === 'none' ? null : (network ?? 'bridge'),
    ports: portsOf(specification),
    memoryBytes: memoryLimit(specification, limits),
    nanoCpus: cpuLimit(limits, NCPU),
  };
  return { plan, carried };
}

/** The `docker run` line of the container that `startContainerMachine` would start. Throws what planning throws. */
export async function containerCommand(start: StartContainerMachine): Promise<string[]> {
  const { plan } = await planContainer(start);
  return dockerRunCommand(plan, start.engine.name);
}

/** On this host: the files stay where they are, and QEMU's user in the container may use them. */
async function shareFiles(start: MachineSpecification, directory: string): Promise<void> {
  const { links } = plainImagePaths(start, directory);
  await Promise.all(links.map(({ path, target }) => symlink(target, path)));
  const { kernelPath, modules, medium, disks, trace } = start;
  // The container gets the file itself, so it has to be there before.
  if (trace !== null) await writeFile(trace.path, '', { flag: 'a', mode: 0o600 });
  const read = [kernelPath, ...modules.map(({ path }) => path), medium?.path].filter((path) => path !== null && path !== undefined);
  const hidden = (await Promise.all(read.map(async (path) => ((await isReadableByAll(path)) ? [] : [path])))).flat();
  const { files, mounts } = await layerMounts(disks);
  await openFolders(mounts.map(({ path }) => path));
  await giveFiles(directory, [directory, ...files, ...hidden, ...(trace === null ? [] : [trace.path])]);
}

async function createContainer({ engine, specification, directory }: StartContainerMachine, { plan, carried }: PlannedContainer): Promise<string> {
  if (engine.sharesFiles) await shareFiles(specification, directory);
  // One of the same name is of a start that a killed lab did not finish.
  await removeContainer(engine, plan.name);
  const { id } = await ask(engine, `create a container of ${plan.image}`, (docker) => docker.createContainer(containerOptions(plan)));
  if (!engine.sharesFiles) await carryFiles(engine, id, plan.directory, carried.files, plan.user);
  return id;
}

/** The monitor of a QEMU that is just starting; gives up when it ends, at the limit, and when the caller cancels. */
async function firstContact(path: string, process: MachineProcess, limitMs: number, cancel: AbortSignal | undefined): Promise<Qmp> {
  const over = new AbortController();
  const late = new DeclaredError('QMP_FAILED', { command: 'connect', reason: 'QEMU did not open its monitor', timeoutMs: limitMs });
  const timer = setTimeout(() => over.abort(late), limitMs);
  void process.gone.then(() => over.abort(new Error('QEMU ended')));
  const signal = cancel === undefined ? over.signal : AbortSignal.any([over.signal, cancel]);
  try {
    return await openQmp(await connectWhenReady(path, signal), limitMs);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts QEMU in a container, held before the guest's first instruction, as `startMachine` does on this host: the same
 * arguments, the same sockets, the same machine. It has no capabilities, no root, no writable root file system, and no
 * more of the host than this machine needs.
 * Throws NETWORK_MISSING, DOCKER_REFUSED, DOCKER_VANISHED, QEMU_REFUSED and QMP_FAILED; then no container and no file is left.
 */
export async function startContainerMachine(start: StartContainerMachine): Promise<Machine> {
  const { engine, directory, startLimitMs = START_LIMIT_MS } = start;
  let id: string | null = null;
  try {
    const planned = await planContainer(start);
    id = await createContainer(start, planned);
    start.signal?.throwIfAborted();
    return await runContainer(start, planned, id, startLimitMs);
  } catch (error) {
    if (id !== null) await removeContainer(engine, id).catch(() => undefined); // With the engine gone, the next sweep finds it.
    await takeFilesBack(directory);
    await removeMachineDirectory(directory);
    throw error;
  }
}

async function runContainer(start: StartContainerMachine, { plan, carried }: PlannedContainer, id: string, limitMs: number): Promise<Machine> {
  const { engine, directory, program } = start;
  const { specification } = carried;
  let qmp: Qmp | null = null;
  const sockets = engine.sharesSockets ? null : await carryMachineSockets(engine, id, specification.sockets);
  const process = followContainer({ engine, id, directory, qmp: () => qmp, close: async () => sockets?.close() }, false);
  const spawnedAt = readClocks();
  const startedAt = new Date(Number(spawnedAt.wallNs / 1_000_000n)).toISOString();
  try {
    await ask(engine, 'start the container', (docker) => docker.getContainer(id).start());
  } catch (error) {
    process.release(); // It never ran, so nobody tells of its end.
    throw error;
  }
  try {
    qmp = await firstContact(specification.sockets.qmp, process, limitMs, start.signal);
    const record: MachineRecord = {
      pid: await qemuPid(engine, id),
      container: { engine: engine.name, id },
      argv: dockerRunCommand(plan, engine.name),
      qemu: program,
      accelerator: specification.accelerator,
      startedAt,
    };
    const machine = controlMachine({ record, uuid: specification.uuid, spawnedAt, qmp, serialSockets: specification.sockets.serial, vncSocket: vncSocketOf(specification), directory, process });
    const heard: Machine = engine.sharesSockets
      ? machine
      : {
          ...machine,
          async go() {
            await awaitSerialClients(machine.qmp, limitMs);
            await machine.go();
          },
        };
    return engine.sharesFiles ? heard : { ...heard, serialLogs: [] };
  } catch (error) {
    return await giveUp(error, start, plan, process);
  }
}

/** After a failed start QEMU's own words are the error when it ended by itself. */
async function giveUp(error: unknown, { signal, directory }: StartContainerMachine, plan: ContainerPlan, process: MachineProcess): Promise<never> {
  const cancelled = signal?.aborted ?? false;
  const isLate = error instanceof DeclaredError && error.failure.code === 'QMP_FAILED' && error.failure.details.timeoutMs !== null;
  process.kill();
  const exit: { exitCode: number | null; signal: string | null; failure?: unknown } = await process.gone;
  if (exit.failure !== undefined || (isLate && !cancelled)) throw error;
  const [command = '', ...args] = plan.command;
  const stderrTail = await readTail(stderrPath(directory));
  throw new DeclaredError('QEMU_REFUSED', { command, args, exitCode: exit.exitCode, signal: exit.signal, stderrTail, cancelled }, { cause: error });
}
