import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DiskBus } from '../../../electron/contract/catalog.ts';
import type { MachineDisk } from '../../../electron/core/guests/machine.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { createMachineDirectory } from '../../../electron/host/qemu/machineDirectory.ts';
import { startMachine } from '../../../electron/host/qemu/startMachine.ts';
import { scratch } from '../../support/scratch.ts';

/** A boot sector that prints one letter on the first serial port and halts: mov dx,3F8h; mov al,LETTER; out dx,al; hlt; jmp. */
function bootSector(letter: string): Buffer {
  const sector = Buffer.alloc(1024 * 1024);
  sector.set([0xba, 0xf8, 0x03, 0xb0, letter.charCodeAt(0), 0xee, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

function disk(directory: string, letter: string, bus: DiskBus): MachineDisk {
  const path = join(directory, `${letter}.img`);
  writeFileSync(path, bootSector(letter));
  return { id: letter, path, format: 'raw', bus, readOnly: false };
}

/** The first letter that a machine prints. */
async function firstLetter(board: string, buses: readonly DiskBus[]): Promise<string> {
  const files = scratch();
  const directory = await createMachineDirectory(scratch());
  const { sockets, serialLogs } = directory;
  const disks = buses.map((bus, index) => disk(files, String.fromCharCode(65 + index), bus));
  const machine = await startMachine({
    program: await findQemu('i386'),
    directory: directory.path,
    specification: {
      ...{ uuid: randomUUID(), name: 'one', architecture: 'i386', machine: { board, cpus: 1, memoryMiB: 32 }, cpuModel: 'max', accelerator: 'tcg' },
      ...{ kernelPath: null, kernelArguments: '', modules: [], ...noEquipment, disks, medium: { path: null }, sockets, serialLogs, trace: null, extra: [] },
    },
  });
  onTestFinished(() => machine.dispose());
  const socket = connect(machine.serialSockets[0] ?? '');
  await machine.go();
  for await (const chunk of socket.setEncoding('utf8')) return String(chunk).slice(0, 1);
  throw new Error('nothing was printed');
}

const buses = ['ide', 'sata', 'virtio', 'scsi'] as const;
const cases = ['pc', 'q35'].flatMap((board) => buses.map((bus): [string, DiskBus[]] => [board, [bus, bus]]));

test.each<[string, DiskBus[]]>([...cases, ['pc', ['scsi', 'ide']], ['q35', ['virtio', 'sata']]])('firmware of %s boots from the first of %j, not from the other', async (board, order) => {
  expect(await firstLetter(board, order)).toBe('A');
});
