import { expect, test } from 'vitest';
import { guestChangeOf, parseForward, parseHealth, placeOf, type GuestEdits } from '../../../electron/cli/run/guestChange.ts';
import { guestDefinition } from '../../../electron/contract/guests.ts';
import { declared } from '../../support/declared.ts';

const definition = guestDefinition.parse({
  id: 'one-1a2b',
  name: 'One',
  catalogEntry: null,
  architecture: 'i386',
  machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
  boot: { kernel: null, arguments: '', modules: [] },
  phaseTable: 'builtin-i386',
  accelerator: 'auto',
  notes: '',
  disks: [{ disk: 'a', bus: 'ide' }],
  network: { kind: 'user', card: 'rtl8139', forwards: [{ name: 'ssh', guestPort: 22, hostPort: 2222 }] },
  limits: { cpuPercent: 50, memoryMiB: null, reservedMemoryMiB: null },
  createdAt: '2026-01-01T00:00:00.000Z',
});

test.each<[GuestEdits, object]>([
  [{}, {}],
  [{ memory: 128 }, { machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 128 } }],
  [{ restart: 'on-failure:3' }, { restart: { when: 'on-failure', attempts: 3 } }],
  [{ restart: 'always' }, { restart: { when: 'always', attempts: null } }],
  [{ group: false, autostart: true }, { group: null, autostart: true }],
  [{ disk: ['b:virtio:ro'], removeDisk: ['a'] }, { disks: [{ disk: 'b', bus: 'virtio', readOnly: true }] }],
  [{ network: 'none' }, { network: { kind: 'none' } }],
  [{ outbound: 'restricted' }, { network: { ...definition.network, outbound: 'restricted' } }],
  [{ removeForward: ['ssh'] }, { network: { ...definition.network, forwards: [] } }],
  [{ cpuLimit: 0, memoryLimit: 256 }, { limits: { cpuPercent: null, memoryMiB: 256, reservedMemoryMiB: null } }],
  [{ tcp: ['serial0=5555', 'monitor=9999'] }, { tcpConsoles: [{ console: 'serial0', port: 5555 }, { console: 'monitor', port: 9999 }] }],
  [{ share: false }, { share: null }],
  [{ engine: 'work' }, { place: { kind: 'docker', engine: 'work' } }],
  [{ engine: 'work', engineNetwork: 'minix-net' }, { place: { kind: 'docker', engine: 'work', network: 'minix-net' } }],
  [{ engine: false }, { place: { kind: 'qemu' } }],
  [{ health: 'qmp', healthInterval: 5, healthTimeout: 2, healthRetries: 1 }, { health: { kind: 'qmp', intervalSeconds: 5, timeoutSeconds: 2, retries: 1 } }],
])('%j changes nothing but what it names', (edits, change) => {
  expect(guestChangeOf(definition, edits)).toEqual(change);
});

test.each([['ssh:22', { guestPort: 22, hostPort: null, protocol: 'tcp', link: 'ssh' }], ['web:80=8080', { guestPort: 80, hostPort: 8080, link: 'http' }], ['dns:53=5353/udp', { protocol: 'udp', hostPort: 5353, link: null }]])('a forward %s', (text, expected) => {
  expect(parseForward(text)).toMatchObject(expected);
});

test('a check of health', () => {
  expect(parseHealth('none')).toBeNull();
  expect(parseHealth('serial=a=b')).toMatchObject({ kind: 'serial', pattern: 'a=b' });
  expect(parseHealth('port=ssh')).toMatchObject({ kind: 'port', forward: 'ssh' });
});

test.each<GuestEdits>([{ forward: ['22'] }, { restart: 'sometimes' }, { disk: ['a:floppy'] }, { network: 'token-ring' }, { display: 'vga' }, { tcp: ['serial9=1'] }, { health: 'well' }, { healthInterval: 5 }])('%j is refused', (edits) => {
  expect(() => guestChangeOf(definition, edits)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error);
});

test('a guest in Docker keeps its network on its engine, and leaves it with the engine', async () => {
  const place = { kind: 'docker', engine: 'work', network: 'minix-net' } as const;
  expect(placeOf({ place }, { engine: 'work' })).toEqual(place);
  expect(placeOf({ place }, { engineNetwork: 'other' })).toEqual({ ...place, network: 'other' });
  expect(placeOf({ place }, { engineNetwork: false })).toEqual({ kind: 'docker', engine: 'work' });
  expect(placeOf({ place }, { engine: 'default' })).toEqual({ kind: 'docker', engine: 'default' });
  for (const edits of [{ engineNetwork: 'minix-net' }, { engine: 'work', engineNetwork: 'host' }, { engine: '' }]) await declared('INPUT_INVALID', () => placeOf({ place: { kind: 'qemu' } }, edits));
});
