import type { GuestDefinition } from '../../contract/guests.ts';
import type { MachineSpecification } from '../guests/machine.ts';
import { cpuLimit, LOOPBACK, memoryLimit } from './containerPlan.ts';
import { imageTag, recipeFor } from './recipes.ts';

/** The network of the seeds, in which the guests of a compose file meet that name no other. */
export const GROUP_NETWORK = { name: 'minix-net', subnet: '172.28.0.0/16' } as const;

/** The network of an engine that a guest names, or null. */
function chosenNetwork({ place }: GuestDefinition): string | null {
  return place.kind === 'docker' ? (place.network ?? null) : null;
}

/** A guest with the files that it needs. */
export interface ExportedGuest {
  readonly definition: GuestDefinition;
  readonly kernelPath: string | null;
  readonly modules: MachineSpecification['modules'];
  readonly disks: readonly { readonly path: string; readonly format: string; readonly folders: readonly string[] }[];
  readonly mediumPath: string | null;
}

/** In a compose file a single dollar begins a variable. */
function plain(text: string): string {
  return text.replaceAll('$', () => '$$');
}

function consolePort({ tcpConsoles }: GuestDefinition, console: string): number {
  return tcpConsoles.find((candidate) => candidate.console === console)?.port ?? 0;
}

/** The forwards that have a port: one that is chosen at each start has none that could be written down. */
function forwardsOf({ network }: GuestDefinition) {
  return network.kind === 'none' ? [] : network.forwards.flatMap((forward) => (forward.hostPort === null ? [] : [{ ...forward, hostPort: forward.hostPort }]));
}

/** QEMU reads two commas in a module's list as one. */
function initialModules(modules: ExportedGuest['modules']): string {
  return modules.map(({ path, arguments: words }) => (words === '' ? path : `${path} ${words}`).replaceAll(',', ',,')).join(',');
}

function environmentOf({ definition, kernelPath, modules, disks, mediumPath }: ExportedGuest): Record<string, string> {
  const { machine, boot, network, display, bootFrom, share } = definition;
  const forwards = forwardsOf(definition).map(({ protocol, hostPort, guestPort }) => `${protocol}:${hostPort}:${guestPort}`);
  const drives = disks.map(({ path }, index) => [index === 0 ? 'QEMU_DRIVE' : `QEMU_DRIVE${index + 1}`, path]);
  return Object.fromEntries(
    Object.entries<string | null>({
      QEMU_RAM: String(machine.memoryMiB),
      QEMU_SMP: String(machine.cpus),
      QEMU_MACHINE: machine.board,
      QEMU_CPU: machine.cpuModel === 'auto' ? null : machine.cpuModel,
      QEMU_KERNEL: kernelPath,
      QEMU_APPEND: kernelPath === null ? null : boot.arguments,
      QEMU_INITRD: modules.length === 0 ? null : initialModules(modules),
      ...(Object.fromEntries(drives) as Record<string, string>),
      QEMU_DRIVE_FORMAT: disks[0]?.format ?? null,
      QEMU_DRIVE_BUS: definition.disks[0]?.bus ?? null,
      QEMU_CDROM: mediumPath,
      QEMU_BOOT: disks.length > 0 || mediumPath !== null ? bootFrom : null,
      QEMU_NIC: network.kind === 'none' ? null : network.card === 'virtio' ? 'virtio-net-pci' : network.card,
      QEMU_RESTRICT: network.kind === 'user' && network.outbound === 'restricted' ? '1' : null,
      QEMU_FORWARDS: forwards.length === 0 ? null : forwards.join(' '),
      QEMU_SHARE: share?.path ?? null,
      QEMU_SHARE_TAG: share?.tag ?? null,
      QEMU_SHARE_READONLY: share?.readOnly === true ? '1' : null,
      ENABLE_VNC: display === 'none' ? '0' : '1',
      QEMU_VGA: display === 'none' ? null : display,
      SERIAL_PORT: String(consolePort(definition, 'serial0')),
      MONITOR_PORT: String(consolePort(definition, 'monitor')),
    }).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]])),
  );
}

function volumesOf({ definition, kernelPath, modules, disks, mediumPath }: ExportedGuest) {
  const files = [kernelPath, ...modules.map(({ path }) => path), mediumPath].filter((path) => path !== null);
  const folders = disks.flatMap((disk) => disk.folders);
  const wanted = [
    ...files.map((path) => ({ path, readOnly: true })),
    ...folders.map((path) => ({ path, readOnly: false })),
    ...(definition.share === null ? [] : [{ path: definition.share.path, readOnly: definition.share.readOnly }]),
  ];
  const unique = wanted.filter(({ path }, index) => wanted.findIndex((other) => other.path === path) === index);
  return unique.map(({ path, readOnly }) => ({ type: 'bind', source: plain(path), target: plain(path), read_only: readOnly }));
}

function portsOf(definition: GuestDefinition): string[] {
  const consoles = [consolePort(definition, 'serial0'), consolePort(definition, 'monitor')].filter((port) => port !== 0);
  return [
    ...forwardsOf(definition).map(({ protocol, hostPort }) => `${LOOPBACK}:${hostPort}:${hostPort}/${protocol}`),
    ...consoles.map((port) => `${LOOPBACK}:${port}:${port}/tcp`),
  ];
}

const policies = { 'no': 'no', 'on-failure': 'on-failure', 'always': 'always', 'unless-stopped': 'unless-stopped' } as const;

/** One guest as a service: as little of the host as Petri's own containers have. */
function service(guest: ExportedGuest, user: string) {
  const { definition } = guest;
  const recipe = recipeFor(definition.architecture) ?? 'qemu-x86_64';
  const nanoCpus = cpuLimit(definition.limits, Number.POSITIVE_INFINITY);
  const [volumes, ports] = [volumesOf(guest), portsOf(definition)];
  return {
    image: imageTag(recipe),
    init: true,
    user,
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp:mode=1777,size=64m', '/var/tmp:mode=1777,size=64m'],
    mem_limit: memoryLimit(definition, definition.limits),
    ...(nanoCpus !== null && { cpus: nanoCpus / 1e9 }),
    pids_limit: 256,
    restart: policies[definition.restart.when],
    environment: environmentOf(guest),
    ...(volumes.length > 0 && { volumes }),
    ...(definition.network.kind === 'none' ? { network_mode: 'none' } : { networks: [chosenNetwork(definition) ?? GROUP_NETWORK.name], ...(ports.length > 0 && { ports }) }),
    // What the environment cannot say, so that Petri makes the same guest of it again.
    'x-petri': escaped(definition),
  };
}

/** The dollars of every text in a value. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, escaped(part)]));
  return value;
}

/** Those that guests name are of the engine, which must have them; two with the same addresses cannot be. */
function networksOf(guests: readonly ExportedGuest[]) {
  const networked = guests.map(({ definition }) => definition).filter(({ network }) => network.kind !== 'none');
  const chosen = networked.map(chosenNetwork);
  const ours = { driver: 'bridge', ipam: { config: [{ subnet: GROUP_NETWORK.subnet }] } };
  return {
    ...(chosen.includes(null) && { [GROUP_NETWORK.name]: ours }),
    ...Object.fromEntries(chosen.flatMap((name) => (name === null ? [] : [[name, { name, external: true }]]))),
  };
}

/** The guests of a group as the data of a compose file that needs nothing but Petri's images. */
export function composeOf(group: string, guests: readonly ExportedGuest[], user: string) {
  const networks = networksOf(guests);
  return {
    'x-petri': { version: 1, group: plain(group) },
    services: Object.fromEntries(guests.map((guest) => [guest.definition.id, service(guest, user)])),
    ...(Object.keys(networks).length > 0 && { networks }),
  };
}
