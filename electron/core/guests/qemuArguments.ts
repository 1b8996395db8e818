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

function boot(specification: MachineSpecification): string[] {
  const { kernelPath, kernelArguments } = specification;
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
    ...boot(specification),
    ...tracing(specification),
    ...extra,
  ];
}
