import { boardFamily, type BoardFamily } from './boards.ts';
import type { MachineDisk, MachineSpecification } from './machine.ts';

/** Where each drive is, beside its disk. `controllers` are devices that the board does not bring. */
interface Placement {
  readonly controllers: readonly string[];
  readonly places: readonly string[];
}

/** The units of two IDE channels; the CD drive has the first unit of the second channel, where firmware looks for it. */
const IDE_UNITS = ['0,unit=0', '0,unit=1', '1,unit=1', '1,unit=0'];

/** Disks of one bus, by their order on it. On a `q35` the ports `ide.0` to `ide.5` are its own SATA ports. */
function placesOf(bus: MachineDisk['bus'], count: number, family: BoardFamily): Placement {
  const numbers = Array.from({ length: count }, (_, index) => index);
  if (bus === 'ide') {
    const channels = family === 'q35' ? 'pata' : 'ide';
    return { controllers: family === 'q35' ? ['piix3-ide,id=pata'] : [], places: numbers.map((index) => `ide-hd,bus=${channels}.${IDE_UNITS[index]}`) };
  }
  if (bus === 'sata') {
    const ports = family === 'q35' ? 'ide' : 'sata';
    return { controllers: family === 'q35' ? [] : ['ich9-ahci,id=sata'], places: numbers.map((index) => `ide-hd,bus=${ports}.${index}`) };
  }
  if (bus === 'scsi') return { controllers: ['virtio-scsi-pci,id=scsi'], places: numbers.map(() => 'scsi-hd,bus=scsi.0') };
  return { controllers: [], places: numbers.map(() => (family === 'other' ? 'virtio-blk-device' : 'virtio-blk-pci')) };
}

/** The name by which QEMU's monitor knows the newest layer of the disk at that place. */
export function diskNode(index: number): string {
  return `disk${index}`;
}

/** The disk as a block node with a name, so that a snapshot can put a new layer on one that is in use. */
function blockNode({ path, format, readOnly }: MachineDisk, id: string): string {
  return JSON.stringify({ driver: format, 'node-name': id, 'read-only': readOnly, discard: 'unmap', file: { driver: 'file', filename: path, 'node-name': `${id}-file` } });
}

/** A card slot is filled by the board itself, which knows only `-drive`. */
function card({ path, format }: MachineDisk, id: string): string[] {
  const filename = path.replaceAll(',', ',,');
  return ['-drive', `if=sd,format=${format},node-name=${id},file.driver=file,file.node-name=${id}-file,file.filename=${filename}`];
}

function drive(disk: MachineDisk, place: string, index: number, bootIndex: number | null): string[] {
  const id = diskNode(index);
  if (disk.bus === 'sd') return card(disk, id);
  const order = bootIndex === null ? '' : `,bootindex=${bootIndex}`;
  return ['-blockdev', blockNode(disk, id), '-device', `${place},drive=${id},id=${id}-device${order}`];
}

/** The place of each disk: those of one bus share its controller, in their order. */
function placements(disks: readonly MachineDisk[], family: BoardFamily): Placement {
  const buses = [...new Set(disks.map(({ bus }) => bus))];
  const placed = new Map(buses.map((bus) => [bus, placesOf(bus, disks.filter((disk) => disk.bus === bus).length, family)]));
  const places = disks.map(({ bus }, index) => {
    const before = disks.slice(0, index).filter((disk) => disk.bus === bus).length;
    return placed.get(bus)?.places[before] ?? '';
  });
  return { controllers: [...placed.values()].flatMap(({ controllers }) => controllers), places };
}

/** The CD drive: the third IDE unit of a `pc`, the last port of a `q35`, and on SCSI elsewhere. */
function cdPlace(family: BoardFamily): string {
  if (family === 'pc') return 'ide-cd,bus=ide.1,unit=0';
  return family === 'q35' ? 'ide-cd,bus=ide.5' : 'scsi-cd,bus=scsi.0';
}

/** By this name QEMU's monitor knows the CD drive. */
export const CD_DRIVE = 'cd0';

function cdDrive({ medium }: MachineSpecification, family: BoardFamily, bootIndex: number | null): string[] {
  if (medium === null) return [];
  const order = bootIndex === null ? '' : `,bootindex=${bootIndex}`;
  const device = `${cdPlace(family)},id=${CD_DRIVE}${order}`;
  if (medium.path === null) return ['-device', device];
  const node = JSON.stringify({ driver: 'raw', 'node-name': 'medium', 'read-only': true, file: { driver: 'file', filename: medium.path } });
  return ['-blockdev', node, '-device', `${device},drive=medium`];
}

/**
 * Disks, the CD drive and the order in which firmware tries them: 0 is left to QEMU's own boot of a kernel. Boards without
 * such firmware get no order.
 */
export function drives(specification: MachineSpecification): string[] {
  const { disks, medium, bootFrom, machine } = specification;
  const family = boardFamily(machine.board);
  const ordered = family !== 'other';
  const mediumFirst = bootFrom === 'medium' && medium !== null;
  const { controllers, places } = placements(disks, family);
  const needed = family === 'virt' && medium !== null && !disks.some(({ bus }) => bus === 'scsi') ? [...controllers, 'virtio-scsi-pci,id=scsi'] : controllers;
  const firstDisk = mediumFirst ? 2 : 1;
  return [
    ...needed.flatMap((controller) => ['-device', controller]),
    ...disks.flatMap((disk, index) => drive(disk, places[index] ?? '', index, ordered ? firstDisk + index : null)),
    ...cdDrive(specification, family, ordered ? (mediumFirst ? 1 : disks.length + 1) : null),
  ];
}
