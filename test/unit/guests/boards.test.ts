import { expect, test } from 'vitest';
import { boardFamily, hasCdDrive, unsupportedPart } from '../../../electron/core/guests/boards.ts';
import { guestDraft, type GuestDraftInput } from '../../../electron/contract/guests.ts';

function draft(board: string, change: Partial<GuestDraftInput> = {}) {
  return guestDraft.parse({
    name: 'one',
    catalogEntry: null,
    architecture: 'i386',
    machine: { board, cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
    boot: { kernel: null, arguments: '', modules: [] },
    phaseTable: 'builtin-i386',
    accelerator: 'auto',
    notes: '',
    ...change,
  });
}
const disks = (bus: string, count = 1, readOnly = false) => ({ disks: Array.from({ length: count }, (_, index) => ({ disk: `d${index}`, bus, readOnly })) }) as Partial<GuestDraftInput>;
const card = (name: string) => ({ network: { kind: 'user', card: name } }) as Partial<GuestDraftInput>;
const medium = { medium: { kind: 'file', path: '/m' } } as const;

test.each([['pc', 'pc'], ['pc-i440fx-7.2', 'pc'], ['q35', 'q35'], ['pc-q35-7.2', 'q35'], ['virt', 'virt'], ['virt-7.2', 'virt'], ['vexpress-a9', 'other'], ['beaglexm', 'other'], ['virtual', 'other']])('%s is of the family %s', (board, family) => {
  expect(boardFamily(board)).toBe(family);
});

test.each<[string, Partial<GuestDraftInput>, string | null]>([
  ['pc', {}, null],
  ['pc', { ...disks('ide', 3), ...medium }, null],
  ['pc', disks('ide', 4), 'there is room for 3'],
  ['q35', disks('sata', 5), null],
  ['q35', disks('sata', 6), 'there is room for 5'],
  ['q35', disks('ide', 4), null],
  ['virt', disks('ide'), 'the board virt has no ISA bus, which an IDE controller needs'],
  ['virt', { ...disks('scsi', 2), ...medium }, null],
  ['pc', disks('ide', 1, true), 'QEMU has no read-only drives there; virtio and scsi have'],
  ['pc', disks('virtio', 1, true), null],
  ['pc', disks('sd'), 'the board pc has no card slot'],
  ['vexpress-a9', disks('sd'), null],
  ['vexpress-a9', disks('sd', 2), 'there is room for 1'],
  ['vexpress-a9', disks('scsi'), 'the board vexpress-a9 has no PCI bus for its controller'],
  ['vexpress-a9', medium, 'the board vexpress-a9 has none'],
  ['vexpress-a9', { display: 'std' }, 'the board vexpress-a9 has no PCI bus for a graphics card'],
  ['vexpress-a9', { share: { path: '/s', tag: 'files' } }, 'the board vexpress-a9 has no PCI bus for 9p'],
  ['vexpress-a9', card('lan9118'), null],
  ['vexpress-a9', card('e1000'), 'the board vexpress-a9 has no PCI bus'],
  ['pc', card('lan9118'), 'the board pc does not have it'],
  ['virt', { serialPorts: 2 }, 'the board virt has one'],
])('%s with %j: %s', (board, change, why) => {
  expect(unsupportedPart(draft(board, change))?.why ?? null).toBe(why);
});

test('a machine with a disk has a drive for media that come later; one with a kernel alone has none', () => {
  expect(hasCdDrive(draft('pc', disks('virtio')))).toBe(true);
  expect(hasCdDrive(draft('pc'))).toBe(false);
  expect(hasCdDrive(draft('virt', disks('virtio')))).toBe(false);
  expect(hasCdDrive(draft('virt', medium))).toBe(true);
});
