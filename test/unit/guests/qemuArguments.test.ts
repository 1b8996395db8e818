import { describe, expect, test } from 'vitest';
import type { MachineDisk, MachineSpecification } from '../../../electron/core/guests/machine.ts';
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

const q35 = { machine: { board: 'q35', cpus: 1, memoryMiB: 64 } };
const virt = { machine: { board: 'virt', cpus: 1, memoryMiB: 64 } };
const vexpress = { machine: { board: 'vexpress-a9', cpus: 1, memoryMiB: 64 } };

type UserNetwork = Extract<MachineSpecification['network'], { kind: 'user' }>;
const user = (change: Partial<UserNetwork> = {}): UserNetwork => ({ kind: 'user', card: 'e1000', outbound: 'open', forwards: [], ...change });
const forward = (protocol: 'tcp' | 'udp', hostPort: number, guestPort: number): UserNetwork['forwards'][number] => ({ name: 'one', protocol, hostPort, guestPort, link: null });
const disk = (bus: MachineDisk['bus']): MachineDisk => ({ id: 'one', path: '/d,1', format: 'qcow2', bus, readOnly: false });

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
  ['a serial port through FIFOs', { serialPipes: true }, '-chardev', [monitor, 'pipe,id=serial0,path=/run/serial0']],
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
  ['no network', {}, '-netdev', []],
  ['a user network', { network: user() }, '-netdev', ['user,id=net0,ipv6=off']],
  ['a restricted network', { network: user({ outbound: 'restricted' }) }, '-netdev', ['user,id=net0,ipv6=off,restrict=on']],
  ['forwards, on 127.0.0.1 alone', { network: user({ forwards: [forward('tcp', 2222, 22), forward('udp', 5353, 53)] }) }, '-netdev', ['user,id=net0,ipv6=off,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp:127.0.0.1:5353-:53']],
  ['a network card without its boot ROM', { network: user() }, '-device', ['e1000,netdev=net0,romfile=']],
  ['a virtio card', { network: user({ card: 'virtio' }) }, '-device', ['virtio-net-pci,netdev=net0,romfile=']],
  ['a virtio card without PCI', { ...vexpress, network: user({ card: 'virtio' }) }, '-device', ['virtio-net-device,netdev=net0']],
  ['a chip of the board', { ...vexpress, network: user({ card: 'lan9118' }) }, '-net', ['nic,model=lan9118,netdev=net0']],
  ['a read-only share', { share: { path: '/a,b', tag: 'files', readOnly: true } }, '-virtfs', ['local,id=share,path=/a,,b,mount_tag=files,security_model=none,readonly=on']],
  ['a writable share', { share: { path: '/a', tag: 'files', readOnly: false } }, '-virtfs', ['local,id=share,path=/a,mount_tag=files,security_model=mapped-xattr']],
  ['no display', {}, '-vga', []],
  ['a display', { display: 'std' }, '-vga', ['std']],
  ['its screen for any number of viewers', { display: 'std', sockets: { ...base.sockets, vnc: '/run/v,nc' } }, '-vnc', ['unix:/run/v,,nc,share=force-shared']],
  ['a screen only with a display', { sockets: { ...base.sockets, vnc: '/run/vnc' } }, '-vnc', []],
  ['a display on virt, with keyboard and tablet', { ...virt, display: 'virtio' }, '-device', ['virtio-gpu-pci', 'virtio-keyboard-pci', 'virtio-tablet-pci']],
  ['a VGA card on virt without its ROM', { ...virt, display: 'std' }, '-device', ['VGA,romfile=', 'virtio-keyboard-pci', 'virtio-tablet-pci']],
  ['a monitor for people', { sockets: { ...base.sockets, monitor: '/run/monitor' } }, '-mon', ['chardev=qmp,mode=control', 'chardev=monitor,mode=readline']],
  ['an IDE disk and the drive behind it', { disks: [disk('ide')], medium: { path: null } }, '-device', ['ide-hd,bus=ide.0,unit=0,drive=disk0,id=disk0-device,bootindex=1', 'ide-cd,bus=ide.1,unit=0,id=cd0,bootindex=2']],
  ['the medium first', { disks: [disk('ide')], medium: { path: '/m' }, bootFrom: 'medium' }, '-device', ['ide-hd,bus=ide.0,unit=0,drive=disk0,id=disk0-device,bootindex=2', 'ide-cd,bus=ide.1,unit=0,id=cd0,bootindex=1,drive=medium']],
  ['three IDE disks around the drive', { disks: [disk('ide'), disk('ide'), disk('ide')] }, '-device', ['0,unit=0', '0,unit=1', '1,unit=1'].map((at, index) => `ide-hd,bus=ide.${at},drive=disk${index},id=disk${index}-device,bootindex=${index + 1}`)],
  ['SATA on a pc', { disks: [disk('sata')] }, '-device', ['ich9-ahci,id=sata', 'ide-hd,bus=sata.0,drive=disk0,id=disk0-device,bootindex=1']],
  ['SATA on a q35', { ...q35, disks: [disk('sata')], medium: { path: null } }, '-device', ['ide-hd,bus=ide.0,drive=disk0,id=disk0-device,bootindex=1', 'ide-cd,bus=ide.5,id=cd0,bootindex=2']],
  ['IDE on a q35', { ...q35, disks: [disk('ide')] }, '-device', ['piix3-ide,id=pata', 'ide-hd,bus=pata.0,unit=0,drive=disk0,id=disk0-device,bootindex=1']],
  ['SCSI, one controller for all', { disks: [disk('scsi'), disk('scsi')] }, '-device', ['virtio-scsi-pci,id=scsi', 'scsi-hd,bus=scsi.0,drive=disk0,id=disk0-device,bootindex=1', 'scsi-hd,bus=scsi.0,drive=disk1,id=disk1-device,bootindex=2']],
  ['a medium on virt', { ...virt, medium: { path: '/m' } }, '-device', ['virtio-scsi-pci,id=scsi', 'scsi-cd,bus=scsi.0,id=cd0,bootindex=1,drive=medium']],
  ['a virtio disk without PCI', { ...vexpress, disks: [disk('virtio')] }, '-device', ['virtio-blk-device,drive=disk0,id=disk0-device']],
  ['an SD card', { ...vexpress, disks: [disk('sd')] }, '-drive', ['if=sd,format=qcow2,node-name=disk0,file.driver=file,file.node-name=disk0-file,file.filename=/d,,1']],
  ['a disk as a block node', { disks: [disk('virtio')] }, '-blockdev', ['{"driver":"qcow2","node-name":"disk0","read-only":false,"discard":"unmap","file":{"driver":"file","filename":"/d,1","node-name":"disk0-file"}}']],
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
