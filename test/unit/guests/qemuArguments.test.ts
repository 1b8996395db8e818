import { describe, expect, test } from 'vitest';
import type { MachineSpecification } from '../../../electron/core/guests/machine.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { plainImagePaths } from '../../../electron/core/guests/plainImagePaths.ts';
import { qemuArguments } from '../../../electron/core/guests/qemuArguments.ts';

const base: MachineSpecification = {
  uuid: '0f000000-0000-4000-8000-000000000001',
  name: 'one',
  architecture: 'i386',
  machine: { board: 'pc', cpus: 1, memoryMiB: 64 },
  cpuModel: 'max',
  accelerator: 'tcg',
  kernelPath: '/images/kernel',
  kernelArguments: '',
  modules: [],
  ...noEquipment,
  sockets: { qmp: '/run/qmp', serial: ['/run/serial0'], vnc: null, monitor: null },
  serialLogs: [null],
  trace: null,
  extra: [],
};

/** What stands behind an option, once for each time that it is given. */
function values(argv: readonly string[], option: string): (string | undefined)[] {
  return argv.flatMap((word, index) => (word === option ? [argv[index + 1]] : []));
}

const monitor = 'socket,id=qmp,path=/run/qmp,server=on,wait=off';
const trace = { events: ['serial_write', 'pl011_write'], path: '/run/trace' };

// What is asked for, the option by which QEMU hears it, and what it hears.
const table: [string, Partial<MachineSpecification>, string, string[]][] = [
  ['a name', {}, '-name', ['guest=one']],
  ['a name with a comma and a quote', { name: 'a, "b"=c' }, '-name', ['guest=a,, "b"=c']],
  ['a UUID', {}, '-uuid', ['0f000000-0000-4000-8000-000000000001']],
  ['no display', {}, '-display', ['none']],
  ['a PC', {}, '-machine', ['pc']],
  ['an ARM board', { architecture: 'arm', machine: { board: 'virt', cpus: 1, memoryMiB: 64 } }, '-machine', ['virt']],
  ['TCG', {}, '-accel', ['tcg']],
  ['KVM', { accelerator: 'kvm' }, '-accel', ['kvm']],
  ['a CPU', { cpuModel: 'cortex-a15' }, '-cpu', ['cortex-a15']],
  ['two CPUs', { machine: { board: 'pc', cpus: 2, memoryMiB: 64 } }, '-smp', ['2']],
  ['memory in MiB', { machine: { board: 'pc', cpus: 1, memoryMiB: 512 } }, '-m', ['512M']],
  ['a monitor', {}, '-mon', ['chardev=qmp,mode=control']],
  ['a serial port', {}, '-chardev', [monitor, 'socket,id=serial0,path=/run/serial0,server=on,wait=off']],
  ['a serial port with a log', { serialLogs: ['/run/a,b.log'] }, '-chardev', [monitor, 'socket,id=serial0,path=/run/serial0,server=on,wait=off,logfile=/run/a,,b.log,logappend=on']],
  ['two serial ports', { sockets: { qmp: '/run/qmp', serial: ['/run/a', '/run/b'], vnc: null, monitor: null }, serialLogs: [null, null] }, '-serial', ['chardev:serial0', 'chardev:serial1']],
  ['no serial port', { sockets: { qmp: '/run/qmp', serial: [], vnc: null, monitor: null }, serialLogs: [] }, '-serial', []],
  ['a kernel', {}, '-kernel', ['/images/kernel']],
  ['no kernel arguments', {}, '-append', []],
  ['kernel arguments', { kernelArguments: 'console=tty00 a="b c"' }, '-append', ['console=tty00 a="b c"']],
  ['no modules', {}, '-initrd', []],
  ['a RAM disk', { modules: [{ path: '/images/initrd', arguments: '' }] }, '-initrd', ['/images/initrd']],
  ['modules with arguments', { modules: [{ path: '/a', arguments: 'x=1,2' }, { path: '/b', arguments: '' }] }, '-initrd', ['/a x=1,,2,/b']],
  ['no trace', {}, '-trace', []],
  ['a trace', { trace }, '-trace', ['serial_write', 'pl011_write']],
  ['a trace file', { trace }, '-D', ['/run/trace']],
  ['stamps in the trace', { trace }, '-msg', ['timestamp=on']],
];

test.each(table)('%s', (_name, change, option, expected) => {
  expect(values(qemuArguments({ ...base, ...change }), option)).toEqual(expected);
});

test.each(['-nodefaults', '-no-reboot', '-S'])('%s is always there', (flag) => {
  expect(qemuArguments(base)).toContain(flag);
});

test('extra arguments come last, as they are', () => {
  expect(qemuArguments({ ...base, extra: ['-icount', 'shift=0,sleep=off'] }).slice(-2)).toEqual(['-icount', 'shift=0,sleep=off']);
});

test('no word is empty, and none is quoted for a shell', () => {
  expect(qemuArguments({ ...base, kernelPath: "/a 'b'\n$(c)" })).toContain("/a 'b'\n$(c)");
  expect(qemuArguments(base).filter((word) => word === '')).toEqual([]);
});

describe('paths that QEMU would cut', () => {
  test.each([
    ['a space', '/my images/kernel'],
    ['a comma', '/a,b/kernel'],
    ['a newline', '/a\nb/kernel'],
  ])('%s is hidden behind a link', (_what, kernelPath) => {
    const { specification, links } = plainImagePaths({ ...base, kernelPath, modules: [{ path: kernelPath, arguments: 'a' }] }, '/run/m');
    expect(specification.kernelPath).toBe('/run/m/kernel');
    expect(specification.modules).toEqual([{ path: '/run/m/module0', arguments: 'a' }]);
    expect(links).toEqual([
      { path: '/run/m/kernel', target: kernelPath },
      { path: '/run/m/module0', target: kernelPath },
    ]);
  });

  test.each(['/images/kernel', '/images/"quoted".elf', '/образы/ядро', '/a/../b'])('%s stays as it is', (kernelPath) => {
    expect(plainImagePaths({ ...base, kernelPath }, '/run/m')).toEqual({ specification: { ...base, kernelPath }, links: [] });
  });
});
