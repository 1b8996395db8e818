import { describe, expect, it } from 'vitest';
import { containerOptions, cpuLimit, dockerRunCommand, memoryLimit, mountsOf, type ContainerPlan } from '../../../electron/core/containers/containerPlan.ts';
import { overlapping } from '../../../electron/core/containers/subnets.ts';
import type { MachineSpecification } from '../../../electron/core/guests/machine.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { declared } from '../../support/declared.ts';

const specification: MachineSpecification = {
  uuid: '9f0c7b2e-5d3a-4c1f-8f55-1f4f4a3f7a10', name: 'guest', architecture: 'i386', machine: { board: 'pc', cpus: 1, memoryMiB: 64 }, cpuModel: 'max', accelerator: 'tcg',
  kernelPath: '/images/kernel', kernelArguments: '', modules: [], ...noEquipment,
  sockets: { qmp: '/run/g1/qmp', serial: ['/run/g1/serial0'], vnc: null, monitor: null }, serialLogs: [null], trace: null, extra: [],
};
const plan: ContainerPlan = {
  name: 'petri-guest', image: 'sha256:1', guest: 'guest', directory: '/run/g1', command: ['qemu-system-i386', '-S'], user: { uid: 1000, gid: 1000 },
  mounts: [{ path: '/run/g1', readOnly: false }, { path: '/images/kernel', readOnly: true }], volume: null, devices: [], network: null, ports: [], memoryBytes: 1_000_000, nanoCpus: 500_000_000,
};

describe('the container of a machine', () => {
  it('has no privileges, no capabilities, no root, no writable root file system and no network that was not asked for', () => {
    const { HostConfig, User, NetworkDisabled } = containerOptions(plan);
    expect({ ...HostConfig, User, NetworkDisabled }).toMatchObject({
      Privileged: false, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], ReadonlyRootfs: true, NetworkMode: 'none', Devices: [], User: '1000:1000', NetworkDisabled: true,
      Memory: 1_000_000, MemorySwap: 1_000_000, NanoCpus: 500_000_000, PidsLimit: 256, Init: true,
    });
    expect(HostConfig.Tmpfs['/tmp']).toContain('mode=1777');
  });

  it('publishes ports on 127.0.0.1 only', () => {
    const { HostConfig, ExposedPorts } = containerOptions({ ...plan, network: 'bridge', ports: [{ protocol: 'tcp', port: 2222 }] });
    expect(HostConfig.PortBindings).toEqual({ '2222/tcp': [{ HostIp: '127.0.0.1', HostPort: '2222' }] });
    expect(ExposedPorts).toEqual({ '2222/tcp': {} });
  });

  it('gets a device with its group, and only then', () => {
    const { HostConfig } = containerOptions({ ...plan, devices: [{ path: '/dev/kvm', group: 108 }] });
    expect(HostConfig).toMatchObject({ GroupAdd: ['108'], Devices: [{ PathOnHost: '/dev/kvm', PathInContainer: '/dev/kvm', CgroupPermissions: 'rw' }] });
  });

  it('is shown as a command that says the same', () => {
    const command = dockerRunCommand(plan, 'default').join(' ');
    for (const words of ['--env LC_ALL=C', '--cap-drop ALL', '--security-opt no-new-privileges', '--read-only', '--user 1000:1000', '--network none', '--pids-limit 256', '--cpus 0.5', '--memory 1000000']) expect(command).toContain(words);
    expect(command).toMatch(/sha256:1 qemu-system-i386 -S$/);
  });
});

describe('what a container sees of this host', () => {
  it('is the machine’s own directory and the files of the guest, which it can only read', () => {
    expect(mountsOf(specification, '/run/g1', [])).toEqual([{ path: '/run/g1', readOnly: false }, { path: '/images/kernel', readOnly: true }]);
  });

  it('can be written where one of two uses writes', () => {
    expect(mountsOf(specification, '/run/g1', [{ path: '/data/disks', readOnly: true }, { path: '/data/disks', readOnly: false }])).toContainEqual({ path: '/data/disks', readOnly: false });
  });

  it('is never what a container has of its own', async () => {
    await declared('PATH_REFUSED', () => mountsOf({ ...specification, kernelPath: '/proc/kcore' }, '/run/g1', []));
    await declared('PATH_REFUSED', () => mountsOf({ ...specification, share: { path: '/sys', tag: 'share', readOnly: false } }, '/run/g1', []));
    expect(mountsOf({ ...specification, kernelPath: '/process/kernel' }, '/run/g1', [])).toHaveLength(2);
  });
});

describe('limits', () => {
  it('are those of the guest, and room for QEMU where there are none', () => {
    expect(memoryLimit(specification, { memoryMiB: 200 })).toBe(200 * 1_048_576);
    expect(memoryLimit(specification, { memoryMiB: null })).toBe((64 + 1_280) * 1_048_576);
  });

  it('ask for no more CPUs than an engine’s host has, which it would refuse', () => {
    expect(cpuLimit({ cpuPercent: 400 }, 2)).toBe(2e9);
    expect(cpuLimit({ cpuPercent: 50 }, 2)).toBe(5e8);
    expect(cpuLimit({ cpuPercent: null }, 2)).toBeNull();
  });
});

describe('two subnets', () => {
  it.each([
    ['172.28.0.0/16', '172.28.3.0/24', true],
    ['172.28.0.0/16', '172.29.0.0/16', false],
    ['10.0.0.0/8', '10.255.255.255/32', true],
    ['0.0.0.0/0', '192.168.1.0/24', true],
    ['fd00::/8', '172.28.0.0/16', false],
    ['172.28.0.300/16', '172.28.0.0/16', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlapping(one, other)).toBe(expected);
    expect(overlapping(other, one)).toBe(expected);
  });
});
