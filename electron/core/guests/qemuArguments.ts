import { networkCard, screen, sharedFolder } from './cards.ts';
import { drives } from './drives.ts';
import { logicalTime } from './logicalTime.ts';
import type { MachineSpecification } from './machine.ts';
import { optionValue } from './optionValue.ts';

function socketChardev(id: string, path: string, logfile: string | null): string {
  const log = logfile === null ? '' : `,logfile=${optionValue(logfile)},logappend=on`;
  return `socket,id=${id},path=${optionValue(path)},server=on,wait=off${log}`;
}

function monitorForPeople({ sockets: { monitor } }: MachineSpecification): string[] {
  return monitor === null ? [] : ['-chardev', socketChardev('monitor', monitor, null), '-mon', 'chardev=monitor,mode=readline'];
}

/** A pair of FIFOs takes much more than a socket before the guest has to wait for its reader. */
function serialPorts({ sockets, serialLogs, logicalTime: isLogical = false, serialPipes = isLogical }: MachineSpecification): string[] {
  return sockets.serial.flatMap((path, index) => [
    '-chardev',
    serialPipes ? `pipe,id=serial${index},path=${optionValue(path)}` : socketChardev(`serial${index}`, path, serialLogs[index] ?? null),
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

/** Where the screen of such a machine can be seen by VNC. */
export function vncSocketOf({ display, sockets }: MachineSpecification): string | null {
  return display === 'none' ? null : sockets.vnc;
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
 * Throws LOGICAL_TIME_REFUSED where that is wanted and cannot be.
 */
export function qemuArguments(specification: MachineSpecification): string[] {
  const { uuid, name, machine, cpuModel, accelerator, sockets, extra } = specification;
  return [
    ...['-name', `guest=${optionValue(name)}`, '-uuid', uuid],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-S'],
    ...['-machine', machine.board, '-accel', accelerator, '-cpu', cpuModel],
    ...['-smp', String(machine.cpus), '-m', `${machine.memoryMiB}M`],
    ...['-chardev', socketChardev('qmp', sockets.qmp, null), '-mon', 'chardev=qmp,mode=control'],
    ...monitorForPeople(specification),
    ...serialPorts(specification),
    ...screen(specification),
    ...drives(specification),
    ...networkCard(specification),
    ...sharedFolder(specification),
    ...boot(specification),
    ...tracing(specification),
    ...logicalTime(specification),
    ...extra,
  ];
}
