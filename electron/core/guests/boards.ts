import type { DiskBus, NetworkCard } from '../../contract/catalog.ts';
import type { GuestDefinition } from '../../contract/guests.ts';

/** What a board brings: `other` are boards without PCI, such as `vexpress-a9` and `beaglexm`. */
export type BoardFamily = 'pc' | 'q35' | 'virt' | 'other';

/** QEMU's versioned names (`pc-i440fx-7.2`, `pc-q35-7.2`, `virt-7.2`) are of the same family as their aliases. */
export function boardFamily(board: string): BoardFamily {
  if (/^(pc-)?q35(-|$)/.test(board)) return 'q35';
  if (/^pc(-|$)/.test(board)) return 'pc';
  return /^virt(-|$)/.test(board) ? 'virt' : 'other';
}

/** Drives that QEMU gives to one controller: two IDE channels with two units, six SATA ports, one card slot. */
const PLACES: Partial<Record<DiskBus, number>> = { ide: 4, sata: 6, sd: 1 };

export interface Unsupported {
  readonly part: string;
  readonly value: string;
  readonly why: string;
}

type Equipment = Pick<GuestDefinition, 'machine' | 'disks' | 'medium' | 'bootFrom' | 'boot' | 'display' | 'network' | 'serialPorts' | 'share'>;

function unsupportedDisk({ disks, machine, medium }: Equipment): Unsupported | null {
  const family = boardFamily(machine.board);
  for (const { bus, readOnly } of disks) {
    const no = (why: string): Unsupported => ({ part: 'disk bus', value: bus, why });
    if (bus === 'ide' && family === 'virt') return no('the board virt has no ISA bus, which an IDE controller needs');
    if (bus === 'sd' && family !== 'other') return no(`the board ${machine.board} has no card slot`);
    if (bus !== 'sd' && bus !== 'virtio' && family === 'other') return no(`the board ${machine.board} has no PCI bus for its controller`);
    if (readOnly && bus !== 'virtio' && bus !== 'scsi') return no('QEMU has no read-only drives there; virtio and scsi have');
    const cdTakesOne = medium !== null || disks.length > 0;
    const taken = cdTakesOne && ((family === 'pc' && bus === 'ide') || (family === 'q35' && bus === 'sata')) ? 1 : 0;
    const places = (PLACES[bus] ?? 8) - taken;
    if (disks.filter((disk) => disk.bus === bus).length > places) return no(`there is room for ${places}`);
  }
  return null;
}

/** `lan9118` is soldered to its boards; the others are PCI cards, of which virtio has a form without PCI. */
function unsupportedCard(card: NetworkCard, board: string): Unsupported | null {
  const other = boardFamily(board) === 'other';
  if (card === 'lan9118' && !other) return { part: 'network card', value: card, why: `the board ${board} does not have it` };
  if (card !== 'lan9118' && card !== 'virtio' && other) return { part: 'network card', value: card, why: `the board ${board} has no PCI bus` };
  return null;
}

/** The first part of a guest that QEMU could not give to its board, or null. */
export function unsupportedPart(definition: Equipment): Unsupported | null {
  const { machine, network, display, medium, share, serialPorts } = definition;
  const { board } = machine;
  const family = boardFamily(board);
  const disk = unsupportedDisk(definition);
  if (disk !== null) return disk;
  if (network.kind === 'user') {
    const card = unsupportedCard(network.card, board);
    if (card !== null) return card;
  }
  if (family === 'virt' && serialPorts > 1) return { part: 'serial ports', value: String(serialPorts), why: 'the board virt has one' };
  if (family !== 'other') return null;
  if (medium !== null) return { part: 'medium', value: 'CD drive', why: `the board ${board} has none` };
  if (display !== 'none') return { part: 'display', value: display, why: `the board ${board} has no PCI bus for a graphics card` };
  return share === null ? null : { part: 'share', value: share.tag, why: `the board ${board} has no PCI bus for 9p` };
}

/** A machine with a disk has a drive even when nothing is in it, so that a medium can be put in while it runs. */
export function hasCdDrive({ machine, medium, disks }: Pick<GuestDefinition, 'machine' | 'medium' | 'disks'>): boolean {
  const family = boardFamily(machine.board);
  return medium !== null || (disks.length > 0 && (family === 'pc' || family === 'q35'));
}
