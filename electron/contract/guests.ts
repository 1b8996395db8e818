import { z } from 'zod';
import { acceleratorName, qemuBuild } from './accelerators.ts';
import { bootDefinition, diskBus, display, imageReference, machineDefinition, networkCard } from './catalog.ts';
import { failure } from './errors.ts';
import { architecture, byIdentifier, displayName, identifier, instant, keptName } from './primitives.ts';
import { procedure, stream, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

/** A disk of the lab in one of the guest's drives; the first is what firmware boots from. */
export const attachedDisk = z.object({ disk: identifier, bus: diskBus, readOnly: z.boolean().default(false) });
export type AttachedDisk = z.infer<typeof attachedDisk>;

export const port = z.number().int().min(1).max(65_535);

/** A port of 127.0.0.1 that leads to one of the guest. A host port that is null is chosen at the next start and remembered. */
export const portForward = z.object({
  name: z.string().min(1).max(40),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  hostPort: port.nullable(),
  guestPort: port,
  /** How to open it, for the page's link; null for neither. */
  link: z.enum(['http', 'https', 'ssh']).nullable().default(null),
});
export type PortForward = z.infer<typeof portForward>;

/** QEMU's user-mode network: the guest is 10.0.2.15, the host 10.0.2.2, the name server 10.0.2.3. */
export const guestNetwork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('user'),
    card: networkCard,
    /** `restricted` reaches neither the host nor the world; forwards still lead in. */
    outbound: z.enum(['open', 'restricted']).default('open'),
    forwards: z.array(portForward).max(32).default([]),
  }),
]);
export type GuestNetwork = z.infer<typeof guestNetwork>;

/** A folder of the host that the guest can mount by 9p under `tag`. */
export const share = z.object({ path: z.string().min(1), tag: z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/), readOnly: z.boolean().default(true) });
export type Share = z.infer<typeof share>;

/** A console that the user wants on a TCP port of 127.0.0.1 too, as the seeds have it. */
export const tcpConsole = z.object({ console: z.enum(['serial0', 'serial1', 'serial2', 'serial3', 'monitor', 'vnc']), port });
export type TcpConsole = z.infer<typeof tcpConsole>;

/** A network of a Docker Engine by its name. `host` would open forwards on every address of that host, and `none` leads nowhere. */
export const engineNetworkName = z.string().regex(/^(?!(?:host|none)$)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/, 'it must be the name of a network, and not host or none');

/**
 * Where QEMU runs: on this machine, or in a container of a Docker Engine (named by its context). The container of a guest
 * with a network is in the named one of the engine, or in the engine's own bridge.
 */
export const place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('qemu') }),
  z.object({ kind: z.literal('docker'), engine: z.string().min(1), network: engineNetworkName.optional() }),
]);
export type Place = z.infer<typeof place>;

export const restartPolicy = z.object({
  when: z.enum(['no', 'on-failure', 'always', 'unless-stopped']),
  /** For `on-failure`: how often in a row, or null for as often as it takes. */
  attempts: z.number().int().min(1).max(1_000).nullable().default(null),
});
export type RestartPolicy = z.infer<typeof restartPolicy>;

const healthTiming = {
  intervalSeconds: z.number().min(1).max(3_600).default(30),
  timeoutSeconds: z.number().min(0.1).max(600).default(10),
  /** So many failures in a row make it unhealthy. */
  retries: z.number().int().min(1).max(100).default(3),
};
/** `qmp`: QEMU's monitor answers. `serial`: the pattern was printed since the start. `port`: the forward of that name accepts. */
export const healthCheck = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('qmp'), ...healthTiming }),
  z.object({ kind: z.literal('serial'), pattern: z.string().min(1).max(500), ...healthTiming }),
  z.object({ kind: z.literal('port'), forward: z.string(), ...healthTiming }),
]);
export type HealthCheck = z.infer<typeof healthCheck>;

/** How much of the host a guest may take, and how much is kept for it. Null is no limit and no reservation. */
export const guestLimits = z.object({
  /** 100 is one core. */
  cpuPercent: z.number().int().min(1).max(6_400).nullable(),
  /** What QEMU as a process may have, guest memory included. */
  memoryMiB: z.number().int().min(16).nullable(),
  reservedMemoryMiB: z.number().int().min(0).nullable(),
});
export type GuestLimits = z.infer<typeof guestLimits>;

/** What is not said of a guest that has only a kernel: nothing is attached to it, and it runs here. */
const equipment = {
  disks: z.array(attachedDisk).max(8),
  /** The medium in its CD drive. */
  medium: imageReference.nullable(),
  /** Firmware tries the medium before the disks. */
  bootFrom: z.enum(['disk', 'medium']),
  serialPorts: z.number().int().min(1).max(4),
  display,
  network: guestNetwork,
  share: share.nullable(),
  tcpConsoles: z.array(tcpConsole).max(8),
  /** The login for SSH consoles, or null when the guest has none. */
  sshUser: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/).nullable(),
  place,
  autostart: z.boolean(),
  restart: restartPolicy,
  health: healthCheck.nullable(),
  limits: guestLimits,
  /** Guests with the same group are started and stopped as a set. */
  group: displayName.nullable(),
};

const defaultedEquipment = {
  disks: equipment.disks.default([]),
  medium: equipment.medium.default(null),
  bootFrom: equipment.bootFrom.default('disk'),
  serialPorts: equipment.serialPorts.default(1),
  display: equipment.display.default('none'),
  network: equipment.network.default({ kind: 'none' }),
  share: equipment.share.default(null),
  tcpConsoles: equipment.tcpConsoles.default([]),
  sshUser: equipment.sshUser.default(null),
  place: equipment.place.default({ kind: 'qemu' }),
  autostart: equipment.autostart.default(false),
  restart: equipment.restart.default({ when: 'no', attempts: null }),
  health: equipment.health.default(null),
  limits: equipment.limits.default({ cpuPercent: null, memoryMiB: null, reservedMemoryMiB: null }),
  group: equipment.group.default(null),
};

const core = {
  name: displayName,
  /** The catalog entry that it was made from, or null for "your own". */
  catalogEntry: identifier.nullable(),
  architecture,
  machine: machineDefinition,
  boot: bootDefinition,
  phaseTable: identifier,
  accelerator: z.union([z.literal('auto'), acceleratorName]),
  notes: z.string().max(10_000),
};

/**
 * A guest as it can be carried to another machine: nothing in it depends on this host but the files that it names.
 * Definitions of before there were disks read as guests that have none.
 */
export const guestDefinition = z.object({ id: identifier, ...core, ...defaultedEquipment, name: keptName, group: keptName.nullable().default(null), createdAt: instant });
export type GuestDefinition = z.infer<typeof guestDefinition>;

/** What was really run: the second record beside the definition. */
export const machineRecord = z.object({
  /** Of QEMU on this host; in a container on another host the pid there. */
  pid: z.number().int(),
  /** The container that it runs in, by its full id, and the engine that has it; null on this host. */
  container: z.object({ engine: z.string(), id: z.string() }).nullable().default(null),
  argv: z.array(z.string()),
  qemu: qemuBuild,
  accelerator: acceleratorName,
  startedAt: instant,
});
export type MachineRecord = z.infer<typeof machineRecord>;

/** How the last run of a guest ended. */
export const guestEnd = z.object({
  at: instant,
  how: z.enum(['poweredDown', 'killed', 'crashed', 'lost']),
  failure: failure.nullable(),
});

export const guestRuntime = z.discriminatedUnion('state', [
  z.object({ state: z.literal('stopped'), end: guestEnd.nullable() }),
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running'), machine: machineRecord }),
  z.object({ state: z.literal('paused'), machine: machineRecord }),
  z.object({ state: z.literal('stopping'), machine: machineRecord }),
]);
export type GuestRuntime = z.infer<typeof guestRuntime>;

/** `starting` until the first check that went well; `none` when there is no check or it does not run. */
export const health = z.object({ state: z.enum(['none', 'starting', 'healthy', 'unhealthy']), at: instant.nullable(), says: z.string() });
export type Health = z.infer<typeof health>;

/** How often the restart policy started it again since the user did, and when it will next. */
export const restarts = z.object({ count: z.number().int(), nextAt: instant.nullable() });
export type Restarts = z.infer<typeof restarts>;

export const guest = z.object({ definition: guestDefinition, runtime: guestRuntime, health, restarts });
export type Guest = z.infer<typeof guest>;

export const guestDraft = z.object({ ...core, ...defaultedEquipment });
export type GuestDraft = z.infer<typeof guestDraft>;
/** A draft in which what has a default may be left out. */
export type GuestDraftInput = z.input<typeof guestDraft>;
/** Zod's `partial()` would fill in the defaults of what is not named, and so reset it. */
export const guestChange = z.object({ ...core, ...equipment }).partial();
export type GuestChange = z.infer<typeof guestChange>;

/** One thing that happened to a guest. */
export const lifeEvent = z.object({
  at: instant,
  what: z.enum(['created', 'started', 'paused', 'resumed', 'reset', 'poweredDown', 'killed', 'crashed', 'lost', 'adopted', 'restarted', 'healthy', 'unhealthy', 'snapshot', 'reverted', 'changed']),
  detail: z.string(),
});
export type LifeEvent = z.infer<typeof lifeEvent>;

/** What a running guest takes now; sums count from its start. Null is what this host does not tell. */
export const resourceSample = z.object({
  atMs: z.number(),
  /** Of one core. */
  cpuPercent: z.number(),
  memoryBytes: z.number(),
  diskReadBytes: z.number().nullable(),
  diskWrittenBytes: z.number().nullable(),
  networkReceivedBytes: z.number().nullable(),
  networkSentBytes: z.number().nullable(),
  consoleBytes: z.number(),
});
export type ResourceSample = z.infer<typeof resourceSample>;

/** What so many copies of a guest would need of this host: a calculation, not a measurement. */
export const forecast = z.object({
  instances: z.number().int(),
  memoryMiB: z.number(),
  cpus: z.number(),
  diskBytes: z.number(),
  verdict: z.enum(['fits', 'tight', 'refused']),
  why: z.string(),
});
export type Forecast = z.infer<typeof forecast>;
const changed = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), guests: z.array(guest) }),
  z.object({ type: z.literal('changed'), guest }),
  z.object({ type: z.literal('removed'), id: identifier }),
]);

const fromCatalog = z.object({ entry: identifier, preset: identifier.optional(), name: displayName.optional() });

export const guests = {
  list: procedure.output(z.array(guest)),
  get: procedure.input(byIdentifier).output(guest),
  /** What `createFromCatalog` would make, to be changed and given to `create`. */
  draftFromCatalog: procedure.input(fromCatalog).output(guestDraft),
  /** Makes a guest from a catalog entry; the name is made unique when none is given. ENTRY_NOT_INSTALLED for a system that boots only from its disk or medium. */
  createFromCatalog: procedure.input(fromCatalog).output(guest),
  create: procedure.input(guestDraft).output(guest),
  update: procedure.input(z.object({ id: identifier, change: guestChange })).output(guest),
  /** Moves a stopped guest to the trash, where `restore` finds it. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(guest),
  /** What `restore` would find, what was removed last first. It changes whenever `watch` tells that a guest came or went. */
  trash: procedure.output(z.array(trashedItem)),
  /** The command that `start` would run now, one word an element, the program first. */
  command: procedure.input(byIdentifier).output(z.object({ argv: z.array(z.string()) })),
  start: procedure.input(byIdentifier).output(guest),
  pause: procedure.input(byIdentifier).output(guest),
  resume: procedure.input(byIdentifier).output(guest),
  reset: procedure.input(byIdentifier).output(guest),
  /** Asks the guest to power down and resolves when it did or when `afterSeconds` passed and it was killed. */
  powerDown: procedure.input(z.object({ id: identifier, afterSeconds: z.number().min(0).max(600).default(20) })).output(guest),
  kill: procedure.input(byIdentifier).output(guest),
  /** A copy under another name: its disks are cloned, linked or whole. */
  clone: procedure.input(z.object({ id: identifier, name: displayName, disks: z.enum(['linked', 'full']) })).output(z.object({ task: identifier, guest: identifier })),
  /** Starts or stops every guest of a group, in the order in which they were made. */
  startGroup: procedure.input(z.object({ group: displayName })).output(z.array(guest)),
  stopGroup: procedure.input(z.object({ group: displayName })).output(z.array(guest)),
  /** What is worth knowing before a start that would not refuse it: more CPUs than the host has, and the like. */
  advice: procedure.input(byIdentifier).output(z.array(z.string())),
  life: procedure.input(byIdentifier).output(z.array(lifeEvent)),
  forecast: procedure.input(byIdentifier).output(z.array(forecast)),
  /** One sample a second while the guest runs, the kept ones of the last minutes first. */
  resources: procedure.input(byIdentifier).output(stream(z.object({ samples: z.array(resourceSample) }))),
  /** The screen now, as PNG. */
  screenshot: procedure.input(byIdentifier).output(z.object({ base64: z.string() })),
  /** Presses keys by QEMU's names (QKeyCode), each element one chord: `[["ctrl","alt","delete"]]`. */
  sendKeys: procedure.input(z.object({ id: identifier, chords: z.array(z.array(z.string().max(20)).min(1).max(6)).min(1).max(2_000) })),
  /** Puts a medium into the CD drive, of a running guest too, or takes it out. */
  changeMedium: procedure.input(z.object({ id: identifier, medium: imageReference.nullable() })).output(guest),
  watch: subscription(changed),
};
export type GuestEvent = z.infer<typeof changed>;
