import { resolve } from 'node:path';
import { diskBus, display, networkCard } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { place, restartPolicy, tcpConsole, type GuestChange, type GuestDefinition, type GuestDraft, type HealthCheck, type PortForward } from '../../contract/guests.ts';

/** What can be said of a guest on the command line. */
export interface GuestEdits {
  readonly name?: string;
  readonly memory?: number;
  readonly cpus?: number;
  readonly notes?: string;
  readonly group?: string | false;
  readonly autostart?: boolean;
  readonly restart?: string;
  readonly health?: string;
  readonly healthInterval?: number;
  readonly healthTimeout?: number;
  readonly healthRetries?: number;
  readonly display?: string;
  readonly disk?: readonly string[];
  readonly removeDisk?: readonly string[];
  readonly bootFrom?: 'disk' | 'medium';
  readonly engine?: string | false;
  readonly engineNetwork?: string | false;
  readonly network?: string;
  readonly outbound?: 'open' | 'restricted';
  readonly forward?: readonly string[];
  readonly removeForward?: readonly string[];
  readonly share?: string | false;
  readonly shareWritable?: boolean;
  readonly tcp?: readonly string[];
  readonly serialPorts?: number;
  readonly sshUser?: string;
  readonly cpuLimit?: number;
  readonly memoryLimit?: number;
  readonly reserve?: number;
}

function wrong(option: string, message: string): DeclaredError<'INPUT_INVALID'> {
  return new DeclaredError('INPUT_INVALID', { issues: [{ path: `--${option}`, message }] });
}

/** `NAME:GUESTPORT`, `NAME:GUESTPORT=HOSTPORT`, either with `/udp` behind it. */
export function parseForward(text: string): PortForward {
  const [, name, guest, host, protocol] = /^([^:]+):(\d+)(?:=(\d+))?(?:\/(tcp|udp))?$/.exec(text) ?? [];
  if (name === undefined || guest === undefined) throw wrong('forward', `${JSON.stringify(text)} is not NAME:GUESTPORT or NAME:GUESTPORT=HOSTPORT`);
  const link = ({ 22: 'ssh', 80: 'http', 8080: 'http', 443: 'https' } as const)[Number(guest)] ?? null;
  return { name, guestPort: Number(guest), hostPort: host === undefined ? null : Number(host), protocol: protocol === 'udp' ? 'udp' : 'tcp', link };
}

/** `none`, `qmp`, `serial=PATTERN` or `port=FORWARD`. */
export function parseHealth(text: string): HealthCheck | null {
  const timing = { intervalSeconds: 30, timeoutSeconds: 10, retries: 3 };
  if (text === 'none') return null;
  if (text === 'qmp') return { kind: 'qmp', ...timing };
  if (text.startsWith('serial=')) return { kind: 'serial', pattern: text.slice('serial='.length), ...timing };
  if (text.startsWith('port=')) return { kind: 'port', forward: text.slice('port='.length), ...timing };
  throw wrong('health', 'it is none, qmp, serial=PATTERN or port=FORWARD');
}

/** The check that is named, or the guest's own, at the times that are named. */
function healthOf({ health: before }: Pick<GuestDefinition, 'health'>, { health, healthInterval, healthTimeout, healthRetries }: GuestEdits): HealthCheck | null {
  const check = health === undefined ? before : parseHealth(health);
  if (check !== null) return { ...check, intervalSeconds: healthInterval ?? check.intervalSeconds, timeoutSeconds: healthTimeout ?? check.timeoutSeconds, retries: healthRetries ?? check.retries };
  if (given(healthInterval, healthTimeout, healthRetries)) throw wrong('health', 'there is no check to be timed: name one, for example --health qmp');
  return null;
}

function restartOf(text: string): GuestDefinition['restart'] {
  const [when, attempts] = text.split(':');
  const parsed = restartPolicy.safeParse({ when, attempts: attempts === undefined ? null : Number(attempts) });
  if (!parsed.success) throw wrong('restart', 'it is no, on-failure, on-failure:ATTEMPTS, always or unless-stopped');
  return parsed.data;
}

function disksOf({ disks }: GuestDraft, { disk = [], removeDisk = [] }: GuestEdits): GuestDefinition['disks'] {
  const added = disk.map((text) => {
    const [id = '', bus = 'virtio', mode] = text.split(':');
    const parsed = diskBus.safeParse(bus);
    if (!parsed.success) throw wrong('disk', `${bus} is no bus: ${diskBus.options.join(', ')}`);
    return { disk: id, bus: parsed.data, readOnly: mode === 'ro' };
  });
  return [...disks.filter(({ disk: id }) => !removeDisk.includes(id)), ...added];
}

function networkOf({ network: before }: GuestDraft, { network, outbound, forward = [], removeForward = [] }: GuestEdits): GuestDefinition['network'] {
  if (network === 'none') return { kind: 'none' };
  const card = networkCard.safeParse(network ?? (before.kind === 'user' ? before.card : 'e1000'));
  if (!card.success) throw wrong('network', `it is none or one of ${networkCard.options.join(', ')}`);
  const added = forward.map(parseForward);
  const kept = (before.kind === 'user' ? before.forwards : []).filter(({ name }) => !removeForward.includes(name) && !added.some((other) => other.name === name));
  return { kind: 'user', card: card.data, outbound: outbound ?? (before.kind === 'user' ? before.outbound : 'open'), forwards: [...kept, ...added] };
}

/** A network belongs to its engine: on another one the guest is in that engine's own bridge until a network is named. */
export function placeOf({ place: before }: Pick<GuestDraft, 'place'>, { engine, engineNetwork }: Pick<GuestEdits, 'engine' | 'engineNetwork'>): GuestDefinition['place'] {
  const name = engine ?? (before.kind === 'docker' ? before.engine : false);
  if (name === false && given(engineNetwork)) throw wrong('engine-network', 'QEMU runs on this machine: name the engine too, for example --engine default');
  if (name === false) return { kind: 'qemu' };
  const network = engineNetwork ?? (before.kind === 'docker' && before.engine === name ? before.network : undefined);
  const parsed = place.safeParse({ kind: 'docker', engine: name, ...(network !== undefined && network !== false && { network }) });
  if (!parsed.success) throw wrong(name === '' ? 'engine' : 'engine-network', parsed.error.issues[0]?.message ?? '');
  return parsed.data;
}

function tcpConsoleOf(text: string): GuestDefinition['tcpConsoles'][number] {
  const [console, port] = text.split('=');
  const parsed = tcpConsole.safeParse({ console, port: Number(port) });
  if (!parsed.success) throw wrong('tcp', `${JSON.stringify(text)} is not CONSOLE=PORT with serial0 to serial3, monitor or vnc`);
  return parsed.data;
}

function displayOf(text: string): GuestDefinition['display'] {
  const parsed = display.safeParse(text);
  if (!parsed.success) throw wrong('display', `it is one of ${display.options.join(', ')}`);
  return parsed.data;
}

const given = (...values: unknown[]): boolean => values.some((value) => value !== undefined);

/** What is in it is named: nothing is there and undefined. */
type NamedChange = { [Key in keyof GuestChange]?: Exclude<GuestChange[Key], undefined> };

/** What the words on the command line change of a guest; what is not named stays. Throws INPUT_INVALID. */
export function guestChangeOf(definition: GuestDraft, edits: GuestEdits): NamedChange {
  const { machine, limits } = definition;
  const { name, memory, cpus, notes, group, autostart, restart, health, healthInterval, healthTimeout, healthRetries, display: screen, disk, removeDisk, bootFrom, network, outbound, forward, removeForward, engine, engineNetwork } = edits;
  const { share, shareWritable, tcp, serialPorts, sshUser, cpuLimit, memoryLimit, reserve } = edits;
  const none = (value: number): number | null => (value === 0 ? null : value);
  return {
    ...(name !== undefined && { name }),
    ...(notes !== undefined && { notes }),
    ...(given(memory, cpus) && { machine: { ...machine, memoryMiB: memory ?? machine.memoryMiB, cpus: cpus ?? machine.cpus } }),
    ...(group !== undefined && { group: group === false ? null : group }),
    ...(autostart !== undefined && { autostart }),
    ...(restart !== undefined && { restart: restartOf(restart) }),
    ...(given(health, healthInterval, healthTimeout, healthRetries) && { health: healthOf(definition, edits) }),
    ...(screen !== undefined && { display: displayOf(screen) }),
    ...(given(disk, removeDisk) && { disks: disksOf(definition, edits) }),
    ...(bootFrom !== undefined && { bootFrom }),
    ...(given(network, outbound, forward, removeForward) && { network: networkOf(definition, edits) }),
    ...(given(engine, engineNetwork) && { place: placeOf(definition, edits) }),
    ...(share !== undefined && { share: share === false ? null : { path: resolve(share), tag: 'share', readOnly: shareWritable !== true } }),
    ...(tcp !== undefined && { tcpConsoles: tcp.map(tcpConsoleOf) }),
    ...(serialPorts !== undefined && { serialPorts }),
    ...(sshUser !== undefined && { sshUser }),
    ...(given(cpuLimit, memoryLimit, reserve) && {
      limits: {
        cpuPercent: cpuLimit === undefined ? limits.cpuPercent : none(cpuLimit),
        memoryMiB: memoryLimit === undefined ? limits.memoryMiB : none(memoryLimit),
        reservedMemoryMiB: reserve === undefined ? limits.reservedMemoryMiB : none(reserve),
      },
    }),
  };
}
