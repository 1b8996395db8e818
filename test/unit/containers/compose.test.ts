import { describe, expect, it } from 'vitest';
import { guestDraft, type GuestDefinition, type GuestDraftInput } from '../../../electron/contract/guests.ts';
import { composeOf, type ExportedGuest } from '../../../electron/core/containers/exportCompose.ts';
import { readCompose } from '../../../electron/core/containers/importCompose.ts';
import { readComposeText, writeComposeText } from '../../../electron/host/docker/composeText.ts';
import { declared } from '../../support/declared.ts';

const draft: GuestDraftInput = {
  name: 'Mach $(lab)', catalogEntry: null, architecture: 'i386', machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 256 },
  boot: { kernel: { kind: 'file', path: '/images/gnumach' }, arguments: 'console=com0', modules: [{ image: { kind: 'file', path: '/images/task' }, arguments: '$(task-create) $(task-resume)' }] },
  phaseTable: 'gnumach', accelerator: 'auto', notes: 'costs $5', group: 'Lab', place: { kind: 'docker', engine: 'default' },
  network: { kind: 'user', card: 'e1000', forwards: [{ name: 'ssh', hostPort: 2222, guestPort: 22, link: 'ssh' }, { name: 'later', hostPort: null, guestPort: 80 }] },
  tcpConsoles: [{ console: 'serial0', port: 5555 }], limits: { cpuPercent: 50, memoryMiB: 600, reservedMemoryMiB: null },
};
const definition: GuestDefinition = { ...guestDraft.parse(draft), id: 'mach-1a2b', createdAt: '2026-03-02T09:30:00.000Z' };
const guest: ExportedGuest = { definition, kernelPath: '/images/gnumach', modules: [{ path: '/images/task', arguments: '$(task-create) $(task-resume)' }], disks: [], mediumPath: null };
const options = { engine: 'work', name: 'Imported' };
const read = (text: string) => readCompose(readComposeText(text), options);

/** As the seeds write theirs: a service for each guest, and servers beside them. */
const seed = `
version: '3.8'
x-common: &common
  privileged: true
  restart: "no"
services:
  minix-i386:
    <<: *common
    build: { context: ., dockerfile: docker/Dockerfile.i386 }
    container_name: minix-rc6-i386
    devices: ["/dev/kvm:/dev/kvm:rw"]
    ports: ["2222:2222", "5900:5900", "0.0.0.0:9000:9000"]
    volumes: ["./data:/data"]
    environment: [QEMU_RAM=512, QEMU_SMP=1]
    networks: [minix-net]
  hurd-x86_64:
    image: ghcr.io/example/gnu-hurd-x86_64:latest
    ports: ["2223:2222", "8080:8080", "5555:5555", "9999:9999"]
    environment: { QEMU_RAM: 4096, QEMU_SMP: 2, QEMU_DRIVE: /opt/hurd-image/debian-hurd-amd64.qcow2, ENABLE_VNC: 1 }
    deploy: { resources: { limits: { cpus: '4', memory: 6G } } }
  mcp-boot-profiler:
    build: mcp-servers/boot-profiler
    ports: ["5001:5000"]
networks:
  minix-net: { ipam: { config: [ { subnet: 172.28.0.0/16 } ] } }
`;

describe('a group as a compose file', () => {
  it('gives a service no more of the host than Petri’s own container has', () => {
    const { services } = composeOf('Lab', [guest], '1000:1000');
    expect(services['mach-1a2b']).toMatchObject({
      image: 'petri/qemu-i386:latest', user: '1000:1000', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'],
      mem_limit: 600 * 1_048_576, cpus: 0.5, ports: ['127.0.0.1:2222:2222/tcp', '127.0.0.1:5555:5555/tcp'], networks: ['minix-net'],
      volumes: [{ type: 'bind', source: '/images/gnumach', target: '/images/gnumach', read_only: true }, { type: 'bind', source: '/images/task', target: '/images/task', read_only: true }],
    });
    expect(services['mach-1a2b']).not.toHaveProperty('privileged');
  });

  it('says in the environment what the machine is, with every dollar doubled', () => {
    const { environment } = composeOf('Lab', [guest], '1000:1000').services['mach-1a2b'] ?? {};
    expect(environment).toMatchObject({
      QEMU_RAM: '256', QEMU_KERNEL: '/images/gnumach', QEMU_APPEND: 'console=com0', QEMU_INITRD: '/images/task $$(task-create) $$(task-resume)', QEMU_NIC: 'e1000',
      QEMU_FORWARDS: 'tcp:2222:22', SERIAL_PORT: '5555', MONITOR_PORT: '0', ENABLE_VNC: '0',
    });
  });

  it('comes back as the same guest, on the engine that is chosen', () => {
    const text = writeComposeText(composeOf('Lab', [guest], '1000:1000'), ['a comment']);
    expect(read(text)).toEqual({ group: 'Lab', guests: [{ ...guestDraft.parse(definition), place: { kind: 'docker', engine: 'work' } }], ignored: [] });
  });
});

describe('a network of the engine that a guest names', () => {
  const named = (network: string): ExportedGuest => ({ ...guest, definition: { ...definition, id: `in-${network}`, place: { kind: 'docker', engine: 'default', network } } });

  it('is external to the compose file, beside the one of the guests that name none', () => {
    const { services, networks } = composeOf('Lab', [guest, named('lesson')], '1000:1000');
    expect(services['in-lesson']).toMatchObject({ networks: ['lesson'] });
    expect(networks).toEqual({ 'minix-net': { driver: 'bridge', ipam: { config: [{ subnet: '172.28.0.0/16' }] } }, lesson: { name: 'lesson', external: true } });
  });

  it('is not made a second time when it is the one of the seeds', () => {
    expect(composeOf('Lab', [guest, named('minix-net')], '1000:1000').networks).toEqual({ 'minix-net': { name: 'minix-net', external: true } });
  });

  it('comes back with the guest', () => {
    const text = writeComposeText(composeOf('Lab', [named('lesson')], '1000:1000'), []);
    expect(read(text).guests[0]?.place).toEqual({ kind: 'docker', engine: 'work', network: 'lesson' });
  });

  it.each([
    ['networks: [lesson]', 'networks: { lesson: { external: true, name: course } }', { network: 'course' }],
    ['networks: [lesson]', 'networks: { lesson: { external: { name: course } } }', { network: 'course' }],
    ['networks: { lesson: { aliases: [one] }, other: }', 'networks: { lesson: , other: }', { network: 'lesson' }],
    ['networks: [default]', '', {}],
    ['networks: [host]', '', {}],
    ['networks: [lesson]', 'networks: { lesson: { name: "--privileged" } }', {}],
    ['networks: 7', 'networks: [lesson]', {}],
  ])('is read of a service with %s and a file with %s', (ofService, ofFile, expected) => {
    expect(read(`services: { q-i386: { ${ofService} } }\n${ofFile}`).guests[0]?.place).toEqual({ kind: 'docker', engine: 'work', ...expected });
  });
});

describe('a compose file of the seeds’ shape', () => {
  it('becomes guests with their memory, CPUs, limits, ports and consoles', () => {
    const { guests, group } = read(seed);
    expect(group).toBe('Imported');
    expect(guests.map(({ name, architecture, phaseTable, machine }) => ({ name, architecture, phaseTable, ...machine }))).toEqual([
      { name: 'minix-rc6-i386', architecture: 'i386', phaseTable: 'minix3', board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 512 },
      { name: 'hurd-x86_64', architecture: 'x86_64', phaseTable: 'gnumach', board: 'pc', cpuModel: 'auto', cpus: 2, memoryMiB: 4096 },
    ]);
    const [minix, hurd] = guests;
    expect(minix?.network).toMatchObject({ forwards: [{ name: 'ssh', hostPort: 2222, guestPort: 22 }, { hostPort: 9000, guestPort: 9000 }] });
    expect([minix?.place, hurd?.place]).toEqual([{ kind: 'docker', engine: 'work', network: 'minix-net' }, { kind: 'docker', engine: 'work' }]);
    expect(hurd?.network).toMatchObject({ forwards: [{ hostPort: 2223, guestPort: 22 }, { hostPort: 8080, guestPort: 80, link: 'http' }] });
    expect(hurd).toMatchObject({ display: 'std', tcpConsoles: [{ console: 'serial0', port: 5555 }, { console: 'monitor', port: 9999 }], limits: { cpuPercent: 400, memoryMiB: 6144 }, place: { kind: 'docker', engine: 'work' } });
  });

  it('is told what is not taken over, and why', () => {
    const { ignored } = read(seed);
    expect(ignored).toContain('services.minix-i386.privileged: a guest of Petri is never privileged');
    expect(ignored).toContain('services.mcp-boot-profiler: it does not run QEMU');
    expect(ignored).toContain('services.hurd-x86_64.environment.QEMU_DRIVE: import that disk and put it into the guest');
    expect(ignored.join('\n')).toMatch(/services\.minix-i386\.(devices|volumes): /);
    expect(ignored).toContain('x-common');
    expect(ignored).toContain('networks.minix-net: the engine must have it: petri network create minix-net --subnet 172.28.0.0/16');
  });
});

describe('a hostile compose file', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at] ?? ''}`).join(', ')}]`)].join('\n');

  it.each([
    ['a bomb of aliases', `services: {}\n${bomb}`],
    ['no YAML', 'services: [}'],
    ['a list', '- a\n- b'],
    ['no services', 'version: "3"'],
    ['no QEMU in it', 'services: { web: { image: nginx } }'],
    ['a service named like a path', 'services: { "../../etc": { image: qemu-i386 } }'],
    ['a service that is a text', 'services: { qemu-i386: "text" }'],
    ['a name with control characters', 'services: { qemu-i386: { container_name: "a\\u001b[2Jb" } }'],
    ['the same key twice', 'services: { a: {} }\nservices: { b: {} }'],
    ['65 services', `services:\n${Array.from({ length: 65 }, (_, index) => `  qemu-i386-${index}: {}`).join('\n')}`],
  ])('with %s is refused with its reason', async (_, text) => {
    const { evidence } = await declared('COMPOSE_INVALID', () => read(text));
    expect(evidence.join('')).not.toBe('');
  });

  it('cannot make an object, read a variable of this host or leave its bounds', () => {
    const { guests, ignored } = read('services: { q-i386: { image: !!js/function "x", container_name: "${HOME}", environment: { QEMU_RAM: 99999999, QEMU_MACHINE: "pc,accel=kvm" }, ports: ["1.2.3.4:80:80", "70000:1", "22"], env_file: /etc/passwd, extends: { file: /etc/passwd } } }');
    expect(guests[0]).toMatchObject({ name: '${HOME}', machine: { board: 'pc', memoryMiB: 512 }, network: { forwards: [{ hostPort: 80, guestPort: 80 }] } });
    expect(ignored).toEqual(expect.arrayContaining(['services.q-i386.env_file', 'services.q-i386.extends']));
    expect(ignored.filter((line) => line.includes('.ports['))).toHaveLength(2);
  });

  it('makes nothing of a definition of Petri that cannot be one', () => {
    const hostile = writeComposeText({ services: { 'mach-i386': { 'x-petri': { ...definition, architecture: 'vax' } } } }, []);
    expect(read(hostile).guests[0]?.boot.kernel).toBeNull();
  });
});
