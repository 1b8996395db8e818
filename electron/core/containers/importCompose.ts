import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { guestDefinition, guestDraft, type GuestDraft, type GuestDraftInput } from '../../contract/guests.ts';
import { displayName, type Architecture } from '../../contract/primitives.ts';
import { engineNetworkOf, readComposeNetworks, type ComposeNetworks } from './composeNetworks.ts';

export interface ReadCompose {
  readonly group: string;
  readonly guests: readonly GuestDraft[];
  /** What is in the file and is not taken over, by its path, with why where it is not plain. */
  readonly ignored: readonly string[];
}

const composeFile = z.object({
  'x-petri': z.object({ group: displayName }).optional(),
  networks: z.unknown().optional(),
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]{1,63}$/, 'a service has a name of letters, digits, dots, dashes'), z.record(z.string(), z.unknown())),
}).loose();

type Service = Readonly<Record<string, unknown>>;

/** The most services that anybody has; each becomes a guest. */
const MOST_SERVICES = 64;

/** `$$` is a dollar; what is a variable is left as it stands, since nothing of the host's environment is read. */
function unescaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', () => '$');
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unescaped(part)]));
  return value;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '');

/** `environment` is a map or a list of NAME=value. */
function environmentOf({ environment }: Service): Record<string, string> {
  if (Array.isArray(environment)) return Object.fromEntries(environment.map((line) => [text(line).split('=', 1)[0] ?? '', text(line).replace(/^[^=]*=?/, '')]));
  if (typeof environment !== 'object' || environment === null) return {};
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, text(value)]));
}

/** The seeds name the system in image, Dockerfile, container or service: the first that tells counts. */
function architectureOf(name: string, { image, build, container_name: container }: Service, environment: Record<string, string>): Architecture | null {
  const words = [environment['QEMU_PROGRAM'] ?? '', text(image), JSON.stringify(build ?? ''), text(container), name];
  for (const word of words) {
    if (/mcp|server|monitor|profiler|tracer/i.test(word)) return null;
    if (/x86[_-]64|amd64/i.test(word)) return 'x86_64';
    if (/i[3-6]86/i.test(word)) return 'i386';
    if (/\barm|[-_]arm|qemu-arm/i.test(word)) return 'arm';
  }
  return null;
}

interface Reader {
  readonly ignore: (path: string, why?: string) => void;
  readonly networks: ComposeNetworks;
}

/** A number within bounds, or the fallback with a word about it. */
function numberIn(value: string | undefined, path: string, [low, high, fallback]: readonly [number, number, number], { ignore }: Reader): number {
  if (value === undefined || value === '') return fallback;
  const number = Number(value);
  if (Number.isInteger(number) && number >= low && number <= high) return number;
  ignore(path, `${JSON.stringify(value).slice(0, 80)} is not a whole number from ${low} to ${high}; ${fallback} is taken`);
  return fallback;
}

/** `[host:]outside:inside[/protocol]`; whatever address it names, Petri opens ports on 127.0.0.1 only. */
function readPorts({ ports }: Service, path: string, { ignore }: Reader): { outside: number; inside: number; protocol: 'tcp' | 'udp' }[] {
  if (!Array.isArray(ports)) return [];
  return ports.flatMap((entry, index) => {
    const [, outside, inside, protocol = 'tcp'] = /^(?:[\d.]+:)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(text(entry)) ?? [];
    const [from, to] = [Number(outside), Number(inside)];
    if (outside !== undefined && from >= 1 && from <= 65_535 && to >= 1 && to <= 65_535) return [{ outside: from, inside: to, protocol: protocol as 'tcp' | 'udp' }];
    ignore(`${path}.ports[${index}]`, 'only OUTSIDE:INSIDE is understood');
    return [];
  });
}

/** Ports of the seeds' containers that lead to a known port of the guest. */
const knownGuestPorts: Readonly<Record<number, { guestPort: number; name: string; link: 'ssh' | 'http' }>> = {
  2222: { guestPort: 22, name: 'ssh', link: 'ssh' },
  2223: { guestPort: 22, name: 'ssh', link: 'ssh' },
  8080: { guestPort: 80, name: 'http', link: 'http' },
};

function equipmentOf(service: Service, environment: Record<string, string>, path: string, reader: Reader): Pick<GuestDraftInput, 'network' | 'tcpConsoles' | 'display'> {
  const serialPort = Number(environment['SERIAL_PORT'] ?? 5555);
  const monitorPort = Number(environment['MONITOR_PORT'] ?? 9999);
  const tcpConsoles: { console: 'serial0' | 'monitor'; port: number }[] = [];
  const forwards: { name: string; protocol: 'tcp' | 'udp'; hostPort: number; guestPort: number; link: 'ssh' | 'http' | null }[] = [];
  for (const { outside, inside, protocol } of readPorts(service, path, reader)) {
    if (inside === serialPort) tcpConsoles.push({ console: 'serial0', port: outside });
    else if (inside === monitorPort) tcpConsoles.push({ console: 'monitor', port: outside });
    else if (inside >= 5900 && inside <= 5999) reader.ignore(`${path}.ports`, `port ${inside} is the screen's, which Petri shows itself`);
    else forwards.push({ protocol, hostPort: outside, ...(knownGuestPorts[inside] ?? { name: `port ${inside}`, guestPort: inside, link: null }) });
  }
  const isOnNetwork = text(service['network_mode']) !== 'none';
  return {
    network: isOnNetwork ? { kind: 'user', card: 'e1000', outbound: 'open', forwards } : { kind: 'none' },
    tcpConsoles,
    display: environment['ENABLE_VNC'] === '1' ? 'std' : 'none',
  };
}

function limitsOf({ mem_limit: plain, cpus: plainCpus, deploy }: Service): { cpuPercent: number | null; memoryMiB: number | null; reservedMemoryMiB: null } {
  const resources = z.object({ resources: z.object({ limits: z.object({ memory: z.unknown(), cpus: z.unknown() }).partial() }) }).safeParse(deploy).data?.resources.limits;
  const memory = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(text(plain ?? resources?.memory));
  const scale = { '': 1, 'b': 1, 'k': 1_024, 'm': 1_048_576, 'g': 1_073_741_824 }[memory?.[2]?.toLowerCase() ?? ''] ?? 1;
  const memoryMiB = Math.round((Number(memory?.[1]) * scale) / 1_048_576);
  const cpus = Number(text(plainCpus ?? resources?.cpus) || Number.NaN);
  return {
    memoryMiB: memoryMiB >= 16 ? memoryMiB : null,
    cpuPercent: cpus > 0 && cpus <= 64 ? Math.max(1, Math.round(cpus * 100)) : null,
    reservedMemoryMiB: null,
  };
}

const understood = new Set(['image', 'build', 'container_name', 'environment', 'ports', 'mem_limit', 'cpus', 'deploy', 'network_mode', 'x-petri', 'restart']);
/** What Petri's own containers have anyway, or the file of Petri says for others. */
const given = new Set(['init', 'user', 'read_only', 'cap_drop', 'security_opt', 'tmpfs', 'pids_limit', 'networks', 'stdin_open', 'tty', 'hostname']);
const variables = new Set(['QEMU_PROGRAM', 'QEMU_RAM', 'QEMU_SMP', 'QEMU_MACHINE', 'QEMU_CPU', 'ENABLE_VNC', 'SERIAL_PORT', 'MONITOR_PORT']);

const reasons: Readonly<Record<string, string>> = {
  privileged: 'a guest of Petri is never privileged',
  cap_add: 'a guest of Petri has no capabilities',
  devices: 'an accelerator is given when its test in the container was won',
  volumes: 'disks are imported on the page of the disks and put into the guest there',
  command: 'Petri makes QEMU’s command line itself',
  entrypoint: 'Petri makes QEMU’s command line itself',
};

/** The system is known by its name only. */
function phaseTableOf(words: string): string {
  if (/minix/i.test(words)) return 'minix3';
  return /hurd|mach/i.test(words) ? 'gnumach' : 'linux';
}

/** A service of the seeds' shape. */
function seedDraft(name: string, service: Service, architecture: Architecture, engine: string, group: string, reader: Reader): GuestDraftInput {
  const path = `services.${name}`;
  const environment = environmentOf(service);
  for (const key of Object.keys(service)) if (!understood.has(key) && !given.has(key)) reader.ignore(`${path}.${key}`, reasons[key]);
  for (const key of Object.keys(environment)) if (!variables.has(key)) reader.ignore(`${path}.environment.${key}`, key.startsWith('QEMU_DRIVE') ? 'import that disk and put it into the guest' : undefined);
  const board = environment['QEMU_MACHINE'];
  return {
    name: (text(service['container_name']) || name).slice(0, 120),
    catalogEntry: null,
    architecture,
    machine: {
      board: board !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,40}$/.test(board) ? board : architecture === 'arm' ? 'virt' : 'pc',
      cpuModel: 'auto',
      cpus: numberIn(environment['QEMU_SMP'], `${path}.environment.QEMU_SMP`, [1, 64, 1], reader),
      memoryMiB: numberIn(environment['QEMU_RAM'], `${path}.environment.QEMU_RAM`, [4, 1_048_576, 512], reader),
    },
    boot: { kernel: null, arguments: '', modules: [] },
    phaseTable: phaseTableOf(`${name} ${text(service['image'])} ${text(service['container_name'])}`),
    accelerator: 'auto',
    notes: `Imported from the service ${name} of a compose file.`,
    ...equipmentOf(service, environment, path, reader),
    limits: limitsOf(service),
    place: { kind: 'docker', engine, ...engineNetworkOf(service['networks'], path, reader) },
    group,
  };
}

/** What Petri itself wrote: the definition, to be made again under a new id. */
function ownDraft(own: unknown, group: string, engine: string): GuestDraftInput | null {
  const { success, data } = guestDefinition.safeParse(unescaped(own));
  if (!success) return null;
  const place = data.place.kind === 'docker' ? { ...data.place, engine } : data.place;
  // The draft's schema drops the id and the date of the guest that was exported.
  return guestDraft.parse({ ...data, group, place });
}

/**
 * What a compose file would become, from its data. Nothing of the host is read for it: no other file, no variable.
 * Throws COMPOSE_INVALID when it describes no guest, or a guest that cannot be.
 */
export function readCompose(data: unknown, { engine, name }: { readonly engine: string; readonly name: string }): ReadCompose {
  const parsed = composeFile.safeParse(data);
  if (!parsed.success) throw invalid(parsed.error);
  const { services, networks, 'x-petri': own, ...others } = parsed.data;
  if (Object.keys(services).length > MOST_SERVICES) throw new DeclaredError('COMPOSE_INVALID', { issues: [`${Object.keys(services).length} services; at most ${MOST_SERVICES} become guests`] });
  const ignored: string[] = [];
  const ignore: Reader['ignore'] = (path, why) => void ignored.push(why === undefined ? path : `${path}: ${why}`);
  const group = own === undefined ? name : displayName.parse(unescaped(own.group));
  for (const key of Object.keys(others)) if (!['version', 'name'].includes(key)) ignore(key);
  const guests = Object.entries(services).flatMap(([service, content]) => {
    const draft = ownDraft(content['x-petri'], group, engine) ?? foreignDraft(service, content, engine, group, { ignore, networks: readComposeNetworks(networks) });
    if (draft === null) return [];
    const checked = guestDraft.safeParse(draft);
    if (!checked.success) throw invalid(checked.error, `services.${service}`);
    return [checked.data];
  });
  if (guests.length === 0) throw new DeclaredError('COMPOSE_INVALID', { issues: ['no service of it runs QEMU', ...ignored] });
  return { group, guests, ignored };
}

function foreignDraft(name: string, service: Service, engine: string, group: string, reader: Reader): GuestDraftInput | null {
  const architecture = architectureOf(name, service, environmentOf(service));
  if (architecture !== null) return seedDraft(name, service, architecture, engine, group, reader);
  reader.ignore(`services.${name}`, 'it does not run QEMU');
  return null;
}

function invalid({ issues }: z.ZodError, below = ''): DeclaredError<'COMPOSE_INVALID'> {
  const words = issues.slice(0, 20).map(({ path, message }) => `${[below, ...path.map(String)].filter((part) => part !== '').join('.')}: ${message}`);
  return new DeclaredError('COMPOSE_INVALID', { issues: words });
}
