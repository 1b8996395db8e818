import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { QemuBuild } from '../../../electron/contract/accelerators.ts';
import type { DiskBus, Display, NetworkCard } from '../../../electron/contract/catalog.ts';
import type { Architecture } from '../../../electron/contract/primitives.ts';
import type { Machine, MachineDisk, MachineSpecification } from '../../../electron/core/guests/machine.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { runProcess } from '../../../electron/host/process/runProcess.ts';
import { changeMedium } from '../../../electron/host/qemu/changeMedium.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { createMachineDirectory } from '../../../electron/host/qemu/machineDirectory.ts';
import { takeScreenshot } from '../../../electron/host/qemu/screenshot.ts';
import { startMachine } from '../../../electron/host/qemu/startMachine.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { scratch } from '../../support/scratch.ts';

let programs: Record<'i386' | 'arm', QemuBuild>;
beforeAll(async () => {
  programs = { i386: await findQemu('i386'), arm: await findQemu('arm') };
});
let run: string;
/** Files of the user, outside the machines' directories. */
let files: string;
let leaks: LeakWatch;
beforeEach(() => {
  run = scratch();
  files = scratch();
  leaks = watchForLeaks([run]);
});

async function diskFile(name: string, format: 'qcow2' | 'raw' = 'qcow2'): Promise<string> {
  const path = join(files, name);
  await runProcess('qemu-img', ['create', '-q', '-f', format, path, '8M'], { timeLimitMs: 10_000 });
  return path;
}

/** A machine with nothing but what is asked for, held before its first instruction: QEMU has taken every word. */
async function start(board: string, change: Partial<MachineSpecification>): Promise<Machine> {
  const architecture: Architecture = board === 'virt' || board.startsWith('vexpress') ? 'arm' : 'i386';
  const directory = await createMachineDirectory(run);
  const specification: MachineSpecification = {
    uuid: randomUUID(),
    name: 'one',
    architecture,
    machine: { board, cpus: 1, memoryMiB: 32 },
    cpuModel: architecture === 'arm' ? (board === 'virt' ? 'cortex-a15' : 'cortex-a9') : 'max',
    accelerator: 'tcg',
    kernelPath: null,
    kernelArguments: '',
    modules: [],
    ...noEquipment,
    sockets: directory.sockets,
    serialLogs: directory.serialLogs,
    trace: null,
    extra: [],
    ...change,
  };
  const machine = await startMachine({ program: programs[architecture === 'arm' ? 'arm' : 'i386'], specification, directory: directory.path });
  onTestFinished(() => machine.dispose());
  return machine;
}

async function monitor(machine: Machine, line: string): Promise<string> {
  return String(await machine.qmp.execute('human-monitor-command', { 'command-line': line }));
}

const boards = ['pc', 'q35', 'virt'] as const;
const buses = ['ide', 'sata', 'virtio', 'scsi'] as const satisfies DiskBus[];
const attached = boards.flatMap((board) => buses.filter((bus) => !(board === 'virt' && bus === 'ide')).map((bus) => [board, bus] as const));

describe('QEMU takes', () => {
  test.each(attached)('two disks and a medium on %s by %s', async (board, bus) => {
    const medium = join(files, 'medium, of mine.iso');
    writeFileSync(medium, Buffer.alloc(64 * 1024));
    const disks: MachineDisk[] = [
      { id: 'a', path: await diskFile('a, "b".qcow2'), format: 'qcow2', bus, readOnly: false },
      { id: 'b', path: await diskFile('b.img', 'raw'), format: 'raw', bus, readOnly: bus === 'virtio' || bus === 'scsi' },
    ];
    const machine = await start(board, { disks, medium: { path: medium } });
    const blocks = await monitor(machine, 'info block');
    expect(blocks).toContain(`${disks[0]?.path} (qcow2)`);
    expect(blocks).toMatch(new RegExp(`b\\.img \\(raw${disks[1]?.readOnly === true ? ', read-only' : ''}\\)`));
    expect(blocks).toContain(`${medium} (raw, read-only)`);
    await machine.dispose();
    leaks.check();
  });

  test.each([['pc', ['ide', 'ide', 'ide']], ['q35', ['sata', 'sata', 'sata', 'sata', 'sata']], ['q35', ['ide', 'sata', 'virtio', 'scsi']], ['pc', ['scsi', 'ide', 'scsi', 'sata']]] as const)('on %s the disks %j', async (board, order) => {
    const disks = await Promise.all(order.map(async (bus, index) => ({ id: `d${index}`, path: await diskFile(`d${index}`), format: 'qcow2' as const, bus, readOnly: false })));
    const machine = await start(board, { disks, medium: { path: null }, bootFrom: 'medium' });
    const found = (await machine.qmp.execute('query-block')) as { qdev: string }[];
    expect(found.filter(({ qdev }) => /^disk\d-device$/.test(qdev) || qdev.includes('disk'))).toHaveLength(order.length);
    await machine.dispose();
    leaks.check();
  });

  const cards: [string, NetworkCard][] = [...boards.flatMap((board) => (['e1000', 'rtl8139', 'ne2k_pci', 'pcnet', 'virtio'] as const).map((card): [string, NetworkCard] => [board, card])), ['vexpress-a9', 'lan9118'], ['vexpress-a9', 'virtio']];
  test.each(cards)('on %s the network card %s', async (board, card) => {
    const machine = await start(board, { network: { kind: 'user', card, outbound: 'restricted', forwards: [] } });
    expect(await monitor(machine, 'info network')).toMatch(/net0: .*type=user/);
    expect(await monitor(machine, 'info usernet')).toMatch(/Hub|net0/);
    await machine.dispose();
  });

  const displays = boards.flatMap((board) => (['std', 'cirrus', 'virtio'] as const).map((display): [string, Exclude<Display, 'none'>] => [board, display]));
  test.each(displays)('on %s the display %s, which can be seen and photographed', async (board, display) => {
    const machine = await start(board, { display });
    expect(existsSync(machine.vncSocket ?? '')).toBe(true);
    const picture = await takeScreenshot(machine.qmp, run);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    await machine.dispose();
    leaks.check();
  });

  test('an SD card in the slot of a board', async () => {
    const machine = await start('vexpress-a9', { machine: { board: 'vexpress-a9', cpus: 1, memoryMiB: 64 }, disks: [{ id: 'a', path: await diskFile('a,b'), format: 'qcow2', bus: 'sd', readOnly: false }] });
    const nodes = (await machine.qmp.execute('query-named-block-nodes')) as { 'node-name': string; file: string }[];
    expect(nodes.map((node) => node['node-name'])).toContain('disk0');
    await machine.dispose();
  });

  test.each([true, false])('a shared folder, read-only %s', async (readOnly) => {
    const path = join(files, 'to share, "mine"');
    mkdirSync(path);
    const machine = await start('pc', { share: { path, tag: 'files', readOnly } });
    expect(await monitor(machine, 'info qtree')).toContain('mount_tag = "files"');
    await machine.dispose();
  });

  test('four serial ports and a monitor for people', async () => {
    const directory = await createMachineDirectory(run, 4);
    const machine = await start('pc', { sockets: { ...directory.sockets, monitor: directory.monitorSocket }, serialLogs: directory.serialLogs });
    expect(directory.sockets.serial.map((path) => existsSync(path))).toEqual([true, true, true, true]);
    expect(existsSync(directory.monitorSocket)).toBe(true);
    await machine.dispose();
  });
});

test('forwards are on 127.0.0.1 only, by TCP and by UDP', async () => {
  const [tcp, udp] = [createServer(), createSocket('udp4')];
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const ports = [(tcp.address() as { port: number }).port, udp.address().port] as const;
  tcp.close();
  await new Promise<void>((resolve) => udp.close(() => resolve()));
  const forward = { name: 'one', guestPort: 22, link: null };
  const machine = await start('pc', { network: { kind: 'user', card: 'e1000', outbound: 'open', forwards: [{ ...forward, protocol: 'tcp', hostPort: ports[0] }, { ...forward, protocol: 'udp', hostPort: ports[1] }] } });
  const listed = await monitor(machine, 'info usernet');
  expect(listed).toMatch(new RegExp(`TCP\\[HOST_FORWARD\\]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+${ports[0]}`));
  expect(listed).toMatch(new RegExp(`UDP\\[HOST_FORWARD\\]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+${ports[1]}`));
});

test('a medium is put into the drive of a machine that runs, changed, and taken out', async () => {
  const machine = await start('q35', { medium: { path: null } });
  for (const name of ['one', 'two']) {
    writeFileSync(join(files, name), Buffer.alloc(4096));
    await changeMedium(machine.qmp, join(files, name));
    expect(await monitor(machine, 'info block')).toContain(`${join(files, name)} (raw, read-only)`);
  }
  await changeMedium(machine.qmp, null);
  expect(await monitor(machine, 'info block')).toMatch(/cd0: \[not inserted\]/);
});
