import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Machine, MachineSpecification } from '../../../electron/core/guests/machine.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { isAlive, processStartTime } from '../../../electron/host/process/processIdentity.ts';
import { adoptMachine, type KeptMachine } from '../../../electron/host/qemu/adoptMachine.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { createMachineDirectory, type MachineDirectory } from '../../../electron/host/qemu/machineDirectory.ts';
import { startMachine } from '../../../electron/host/qemu/startMachine.ts';
import { declared } from '../../support/declared.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { scratch } from '../../support/scratch.ts';
import { installStandIn } from '../../support/standInQemu.ts';

let run: string;
let leaks: LeakWatch;
beforeEach(() => {
  run = scratch();
  leaks = watchForLeaks([run]);
});

function specify({ sockets, serialLogs }: MachineDirectory, change: Partial<MachineSpecification> = {}): MachineSpecification {
  return {
    uuid: randomUUID(),
    name: 'one',
    architecture: 'i386',
    machine: { board: 'pc', cpus: 1, memoryMiB: 64 },
    cpuModel: 'max',
    accelerator: 'tcg',
    kernelPath: join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf'),
    kernelArguments: '',
    modules: [],
    ...noEquipment,
    sockets,
    serialLogs,
    trace: null,
    extra: [],
    ...change,
  };
}

async function start(change: Partial<MachineSpecification> = {}): Promise<{ machine: Machine; directory: MachineDirectory }> {
  const directory = await createMachineDirectory(run);
  const machine = await startMachine({ program: await findQemu('i386'), specification: specify(directory, change), directory: directory.path });
  onTestFinished(() => machine.dispose());
  return { machine, directory };
}

/** Everything that the machine prints from now on, until it matches. */
async function printed(machine: Machine, wanted: RegExp): Promise<string> {
  const socket = connect(machine.serialSockets[0] ?? '');
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += String(chunk);
    if (wanted.test(text)) break;
  }
  return text;
}

test('a machine waits before its first instruction until it is let go', async () => {
  const { machine, directory } = await start();
  expect(await machine.qmp.execute('query-status')).toMatchObject({ status: 'prelaunch', running: false });
  const text = printed(machine, /petri# /);
  await machine.go();
  expect(await text).toMatch(/^Petri guest 1/);
  expect(readFileSync(directory.serialLogs[0] ?? '', 'utf8')).toMatch(/^Petri guest 1/);
  await machine.dispose();
  leaks.check();
});

test('monitor and console belong to this user alone', async () => {
  const { machine, directory } = await start();
  const files = [directory.sockets.qmp, ...machine.serialSockets];
  expect(files.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(files.map(() => '600'));
});

test('a reset boots again though until then a reboot would have ended the machine', async () => {
  const { machine, directory } = await start();
  const text = printed(machine, /petri# [^]*\[ 1\/10\][^]*petri# /);
  await machine.go();
  await expect.poll(() => readFileSync(directory.serialLogs[0] ?? '', 'utf8')).toContain('petri# ');
  await machine.reset();
  expect((await text).match(/Petri guest 1/g)).toHaveLength(2);
  expect(await machine.qmp.execute('query-status')).toMatchObject({ status: 'running' });
  await expect(Promise.race([machine.ended, Promise.resolve('running')])).resolves.toBe('running');
});

test('the spawn is stamped on both clocks before the first stamp of QEMU’s trace', async () => {
  const directory = await createMachineDirectory(run);
  const specification = specify(directory, { trace: { events: ['serial_write'], path: directory.tracePath } });
  const machine = await startMachine({ program: await findQemu('i386'), specification, directory: directory.path });
  onTestFinished(() => machine.dispose());
  const text = printed(machine, /petri# /);
  await machine.go();
  await text;
  const [, stamp = ''] = /@(\d+\.\d{6}):serial_write/.exec(readFileSync(directory.tracePath, 'utf8')) ?? [];
  const elapsedNs = BigInt(stamp.replace('.', '')) * 1_000n - (machine.spawnedAt?.wallNs ?? 0n);
  expect(elapsedNs > 0n && elapsedNs < 60_000_000_000n).toBe(true);
});

test('a start that is cancelled is told as cancelled, and leaves nothing', async () => {
  const folder = installStandIn(scratch(), { run: 'sleep 600 & sleep 600' });
  const directory = await createMachineDirectory(run);
  const abort = new AbortController();
  const program = await findQemu('i386', {}, folder);
  const failure = declared('QEMU_REFUSED', () => startMachine({ program, specification: specify(directory), directory: directory.path, signal: abort.signal }));
  await expect.poll(() => leaks.list().processes).not.toEqual([]);
  abort.abort();
  expect((await failure).details).toMatchObject({ cancelled: true, signal: 'SIGKILL' });
  expect(existsSync(directory.path)).toBe(false);
  await expect.poll(() => leaks.list()).toEqual({ processes: [], sockets: [], files: [] });
});

test('a program that vanished before it was started is refused with the system’s words', async () => {
  const directory = await createMachineDirectory(run);
  const program = { ...(await findQemu('i386')), program: join(run, 'gone') };
  const { details } = await declared('QEMU_REFUSED', () => startMachine({ program, specification: specify(directory), directory: directory.path }));
  expect(details).toMatchObject({ exitCode: null, stderrTail: expect.stringContaining('ENOENT') as unknown });
  leaks.check();
});

test('a run directory that is too long for sockets is refused before anything is made', async () => {
  await declared('PATH_REFUSED', () => createMachineDirectory(join(run, 'x'.repeat(120))));
  leaks.check();
});

function keep({ machine, directory }: { machine: Machine; directory: MachineDirectory }): KeptMachine {
  return {
    record: machine.record,
    uuid: machine.uuid,
    startTime: processStartTime(machine.record.pid) ?? '',
    directory: directory.path,
    qmpSocket: directory.sockets.qmp,
    serialSockets: [...directory.sockets.serial],
    serialLogs: directory.serialLogs,
    vncSocket: machine.vncSocket,
    monitorSocket: null,
    groups: [],
    disks: [],
  };
}

test('a process with the right number but another start is somebody else: it is not touched', async () => {
  const started = await start();
  const kept = keep(started);
  started.machine.qmp.close();
  expect(await adoptMachine({ ...kept, startTime: `${kept.startTime}0` })).toBeNull();
  expect(isAlive(kept.record.pid, kept.startTime)).toBe(true);
});

test('a machine that answers with another UUID is not ours to rule: it is ended and lost', async () => {
  const started = await start();
  const kept = keep(started);
  started.machine.qmp.close();
  expect(await adoptMachine({ ...kept, uuid: randomUUID() })).toBeNull();
  expect(isAlive(kept.record.pid, kept.startTime)).toBe(false);
});

test('an adopted machine is ruled like one’s own', async () => {
  const started = await start();
  const kept = keep(started);
  started.machine.release();
  const adopted = await adoptMachine(kept);
  if (adopted === null) throw new Error('not adopted');
  await adopted.go();
  await adopted.pause();
  expect(await adopted.qmp.execute('query-status')).toMatchObject({ status: 'paused' });
  expect(await adopted.kill()).toMatchObject({ exitCode: null, signal: null });
  await adopted.dispose();
  expect(isAlive(kept.record.pid, kept.startTime)).toBe(false);
  leaks.check();
});
