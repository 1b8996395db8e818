import type { DiskBus, NetworkCard } from '../../contract/catalog.ts';
import type { MachineSpecification } from './machine.ts';

/** Inside an option's value QEMU reads `,,` as one comma (qemu-doc, "Common options"). */
function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}

function socketChardev(id: string, path: string, logfile: string | null): string {
  const log = logfile === null ? '' : `,logfile=${optionValue(logfile)},logappend=on`;
  return `socket,id=${id},path=${optionValue(path)},server=on,wait=off${log}`;
}

function serialPorts({ sockets, serialLogs }: MachineSpecification): string[] {
  return sockets.serial.flatMap((path, index) => [
    '-chardev',
    socketChardev(`serial${index}`, path, serialLogs[index] ?? null),
    '-serial',
    `chardev:serial${index}`,
  ]);
}

/**
 * Multiboot modules: QEMU splits the list at single commas and each entry at its first space into file and arguments
 * (hw/i386/multiboot.c). A single module without arguments is also how Linux gets its initial RAM disk.
 */
function initialModules({ modules }: MachineSpecification): string[] {
  if (modules.length === 0) return [];
  const words = modules.map(({ path, arguments: parameters }) => optionValue(parameters === '' ? path : `${path} ${parameters}`));
  return ['-initrd', words.join(',')];
}

/** How a drive is reached on each bus; the Arm board `virt` has no controller of its own, so only virtio fits it. */
function diskDevice(bus: DiskBus, id: string, index: number): string[] {
  const drive = `drive=${id},id=${id}-device`;
  if (bus === 'ide') return ['-device', `ide-hd,${drive},bus=ide.${Math.trunc(index / 2)},unit=${index % 2}`];
  if (bus === 'sata') return ['-device', `ide-hd,${drive},bus=ide.${index}`];
  if (bus === 'scsi') return ['-device', `scsi-hd,${drive}`];
  return ['-device', `virtio-blk-pci,${drive}`];
}

/** Disks are block nodes with names, so that a snapshot can put a new layer on one that is in use. */
function drives({ disks }: MachineSpecification): string[] {
  const scsi = disks.some(({ bus }) => bus === 'scsi') ? ['-device', 'virtio-scsi-pci'] : [];
  return [
    ...scsi,
    ...disks.flatMap(({ path, format, bus, readOnly }, index) => {
      const id = `disk${index}`;
      const file = { driver: 'file', filename: path, 'node-name': `${id}-file` };
      const options = JSON.stringify({ driver: format, 'node-name': id, 'read-only': readOnly, discard: 'unmap', file });
      return ['-blockdev', options, ...diskDevice(bus, id, index)];
    }),
  ];
}

/** The CD drive is the third IDE unit of a `pc` and the last port of a `q35`, where firmware looks for it. */
function cdDrive({ medium, machine }: MachineSpecification): string[] {
  if (medium === null) return [];
  const bus = machine.board.startsWith('q35') ? 'bus=ide.5' : 'bus=ide.1,unit=0';
  const device = `ide-cd,id=cd0,${bus}`;
  if (medium.path === null) return ['-device', device];
  const file = JSON.stringify({ driver: 'raw', 'node-name': 'medium', 'read-only': true, file: { driver: 'file', filename: medium.path } });
  return ['-blockdev', file, '-device', `${device},drive=medium`];
}

const cardModels: Record<NetworkCard, string> = { e1000: 'e1000', rtl8139: 'rtl8139', ne2k_pci: 'ne2k_pci', pcnet: 'pcnet', virtio: 'virtio-net-pci', lan9118: 'lan9118' };

function networkCard({ network }: MachineSpecification): string[] {
  if (network.kind === 'none') return [];
  const forwards = network.forwards.map(({ protocol, hostPort, guestPort }) => `hostfwd=${protocol}:127.0.0.1:${hostPort}-:${guestPort}`);
  const restricted = network.outbound === 'restricted' ? ['restrict=on'] : [];
  return ['-netdev', ['user', 'id=net0', ...restricted, ...forwards].join(','), '-device', `${cardModels[network.card]},netdev=net0`];
}

function sharedFolder({ share }: MachineSpecification): string[] {
  if (share === null) return [];
  const options = [`path=${optionValue(share.path)}`, `mount_tag=${share.tag}`, 'security_model=mapped-xattr', ...(share.readOnly ? ['readonly=on'] : [])];
  return ['-virtfs', ['local', ...options].join(',')];
}

/** A picture is drawn only for viewers that connect; without a display the machine has no graphics card. */
function screen({ display, sockets }: MachineSpecification): string[] {
  if (display === 'none') return [];
  return ['-vga', display, ...(sockets.vnc === null ? [] : ['-vnc', `unix:${optionValue(sockets.vnc)}`])];
}

function bootOrder({ bootFrom, disks, medium }: MachineSpecification): string[] {
  if (disks.length === 0 && medium === null) return [];
  return ['-boot', `order=${bootFrom === 'medium' ? 'dc' : 'cd'}`];
}

function boot(specification: MachineSpecification): string[] {
  const { kernelPath, kernelArguments } = specification;
  if (kernelPath === null) return [];
  const append = kernelArguments === '' ? [] : ['-append', kernelArguments];
  return ['-kernel', kernelPath, ...append, ...initialModules(specification)];
}

function tracing({ trace }: MachineSpecification): string[] {
  if (trace === null) return [];
  return [...trace.events.flatMap((event) => ['-trace', event]), '-msg', 'timestamp=on', '-D', trace.path];
}

/**
 * The arguments of QEMU for one machine, without the program. The machine has nothing that is not named here, waits
 * before its first instruction (`-S`), and ends instead of rebooting. A module's path must have no comma and no space.
 */
export function qemuArguments(specification: MachineSpecification): string[] {
  const { uuid, name, machine, cpuModel, accelerator, sockets, extra } = specification;
  return [
    ...['-name', `guest=${optionValue(name)}`, '-uuid', uuid],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-S'],
    ...['-machine', machine.board, '-accel', accelerator, '-cpu', cpuModel],
    ...['-smp', String(machine.cpus), '-m', `${machine.memoryMiB}M`],
    ...['-chardev', socketChardev('qmp', sockets.qmp, null), '-mon', 'chardev=qmp,mode=control'],
    ...serialPorts(specification),
    ...screen(specification),
    ...drives(specification),
    ...cdDrive(specification),
    ...bootOrder(specification),
    ...networkCard(specification),
    ...sharedFolder(specification),
    ...boot(specification),
    ...tracing(specification),
    ...extra,
  ];
}
