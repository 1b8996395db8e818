import { implement } from '@orpc/server';
import type { Capability } from '../../electron/contract/hosts.ts';
import type { BootDefinition, CatalogEntry } from '../../electron/contract/catalog.ts';
import { contract } from '../../electron/contract/contract.ts';
import { guestDraft, type Guest, type GuestDraft, type GuestEvent, type GuestRuntime } from '../../electron/contract/guests.ts';
import type { Instrument } from '../../electron/contract/instruments.ts';
import type { RunListItem } from '../../electron/contract/measurements.ts';
import { settings as settingsSchema, type Settings } from '../../electron/contract/settings.ts';
import type { Task } from '../../electron/contract/tasks.ts';
import { createInMemoryConsole, type InMemoryConsole } from './inMemoryConsole.ts';

/** A value that can be followed: each subscriber gets it as it is, then each change. */
export function createTopic<Value>(initial: Value) {
  let value = initial;
  const wakers = new Set<() => void>();
  return {
    get value() {
      return value;
    },
    set(next: Value): void {
      value = next;
      for (const wake of wakers) wake();
    },
    /** Ends when `signal` aborts; changes between two reads are merged. */
    async *follow(signal?: AbortSignal): AsyncGenerator<Value> {
      let seen: Value | undefined;
      while (signal?.aborted !== true) {
        if (value !== seen) {
          seen = value;
          yield value;
          continue;
        }
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            wakers.delete(wake);
            signal?.removeEventListener('abort', wake);
            resolve();
          };
          wakers.add(wake);
          signal?.addEventListener('abort', wake);
        });
      }
    },
  };
}

const digest = 'ab'.repeat(32);
const instant = '2026-03-02T09:30:00.000Z';

const builtin: CatalogEntry & { boot: BootDefinition } = {
  id: 'builtin-i386',
  name: 'Petri’s own guest (i386)',
  family: 'Petri',
  homepage: null,
  presets: [{ id: 'default', name: 'Default', machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 }, diskBus: 'ide', card: null, display: 'none', known: 'verified', why: 'It needs no more.' }],
  choices: {
    boards: [{ value: 'pc', why: 'The board that it was made for.' }],
    cpuModels: [{ value: 'auto', why: 'Any will do.' }],
    diskBuses: [{ value: 'ide', why: 'Its driver speaks ATA.' }],
    cards: [],
    displays: [{ value: 'none', why: 'It prints on its serial port.' }],
    cpus: { maximum: 1, why: 'It uses one.' },
    memoryMiB: { minimum: 16, why: 'It fits in less.' },
    share: { possible: false, line: null, why: 'It has no file systems.' },
  },
  images: [],
  serialPorts: [{ shows: 'everything' }],
  requiresBoard: null,
  install: null,
  limits: [],
  origin: 'petri',
  summary: 'Boots through ten phases and prints a line at each; the ruler of every instrument.',
  architecture: 'i386',
  machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
  boot: { kernel: { kind: 'shipped', path: 'builtin/built/builtin-i386.elf', digest }, arguments: '', modules: [] },
  phaseTable: 'builtin-i386',
  verified: { qemu: '7.2.0', date: '2026-03-01' },
};
const builtinArm: CatalogEntry & { boot: BootDefinition } = {
  ...builtin, id: 'builtin-arm', name: 'Petri’s own guest (ARM)', architecture: 'arm', phaseTable: 'builtin-arm',
  machine: { ...builtin.machine, board: 'virt' },
  boot: { ...builtin.boot, kernel: { kind: 'shipped', path: 'builtin/built/builtin-arm.elf', digest } },
};

const capability = (id: Capability['id'], title: string, verdict: Capability['verdict'], summary: string, more: Partial<Capability> = {}): Capability => ({
  id, title, verdict, summary, evidence: [], unlocks: '', fix: null, command: null, testedAt: instant, testing: false, ...more,
});

const capabilities: Capability[] = [
  capability('qemu', 'QEMU', 'good', '7.2.0, for i386, x86_64, arm and aarch64', { evidence: ['/usr/bin/qemu-system-i386 7.2.0 (Debian 1:7.2+dfsg-7)'], unlocks: 'booting and measuring guests' }),
  capability('accelerators', 'Accelerators', 'broken', 'KVM opens but runs no guest; TCG is used', { evidence: ['kvm: no prompt within 10 s', 'tcg: prompt after 412 ms'], unlocks: 'guests at the speed of the hardware', fix: 'This machine is itself virtual; allow nested virtualisation on its host.' }),
  capability('docker', 'Docker', 'missing', 'not installed', { evidence: ['searched: /usr/bin, /usr/local/bin'], unlocks: 'taking containers apart', fix: 'Install it from the distribution.', command: 'sudo apt-get install docker.io' }),
  capability('podman', 'Podman', 'denied', 'its socket may not be opened', { evidence: ['/run/podman/podman.sock: EACCES'], unlocks: 'containers without a daemon', fix: 'Start it for this user.', command: 'systemctl --user start podman.socket' }),
  capability('disk', 'Disk', 'good', '112 GiB free', { evidence: ['/home: 112 GiB of 480 GiB'], unlocks: 'recordings, images and snapshots' }),
  capability('memory', 'Memory', 'unknown', 'not tested yet', { testedAt: null }),
];

const machine = (guest: Guest['definition']) => ({
  container: null,
  pid: 4242,
  argv: ['qemu-system-i386', '-name', guest.name, '-machine', 'pc', '-cpu', 'max', '-m', '64', '-kernel', 'builtin-i386.elf', '-serial', 'unix:/run/petri/serial0.sock'],
  qemu: { id: 'qemu-7.2', program: '/usr/bin/qemu-system-i386', version: '7.2.0', package: 'Debian 1:7.2+dfsg-7' },
  accelerator: 'tcg' as const,
  startedAt: instant,
});

/**
 * A lab in memory that keeps to the contract: for the stores' tests and to look at the page without QEMU. It is never
 * shipped, and no test of the lab's own behaviour uses it. The router is the part that tests serve.
 */
export function createInMemoryLab() {
  const settings = createTopic<Settings>(settingsSchema.parse({}));
  const tasks = createTopic<Task[]>([]);
  const hosts = createTopic<Capability[]>(capabilities);
  const guests = createTopic<readonly Guest[]>([]);
  const runs = createTopic<RunListItem[]>([]);
  const instruments = createTopic<Instrument[]>([
    { name: 'serialTrace', title: 'QEMU’s trace', available: true, reason: '', provenance: { instrument: 'serialTrace', technique: 'stamped in QEMU', resolutionNs: 1_000 }, overhead: null },
    { name: 'serialSocket', title: 'Serial socket', available: false, reason: 'no socket here', provenance: { instrument: 'serialSocket', technique: 'stamped on arrival', resolutionNs: 100_000 }, overhead: null },
  ]);
  const consoles = new Map<string, InMemoryConsole>();
  let trash: readonly { guest: Guest; trashedAt: string }[] = [];
  const os = implement(contract);

  function consoleOf(id: string): InMemoryConsole {
    const existing = consoles.get(id);
    if (existing !== undefined) return existing;
    const created = createInMemoryConsole();
    consoles.set(id, created);
    return created;
  }

  function guestOf(id: string): Guest | undefined {
    return guests.value.find(({ definition }) => definition.id === id);
  }

  function enter(id: string, runtime: (guest: Guest) => GuestRuntime): Guest {
    const before = guestOf(id);
    if (before === undefined) throw new Error(`no guest ${id}`);
    const after: Guest = { ...before, runtime: runtime(before) };
    guests.set(guests.value.map((guest) => (guest.definition.id === id ? after : guest)));
    return after;
  }

  function add(definition: GuestDraft): Guest {
    const guest: Guest = { definition: { ...definition, id: `guest-${guests.value.length + 1}`, createdAt: instant }, runtime: { state: 'stopped', end: null }, health: { state: 'none', at: null, says: '' }, restarts: { count: 0, nextAt: null } };
    guests.set([...guests.value, guest]);
    return guest;
  }

  async function* watchGuests(signal?: AbortSignal): AsyncGenerator<GuestEvent> {
    for await (const all of guests.follow(signal)) yield { type: 'snapshot', guests: [...all] };
  }

  const stopped = (how: 'poweredDown' | 'killed') => (): GuestRuntime => ({ state: 'stopped', end: { at: instant, how, failure: null } });
  const running = ({ definition }: Guest): GuestRuntime => ({ state: 'running', machine: machine(definition) });

  const router = {
    system: {
      hello: os.system.hello.handler(({ input }) => ({ contract: input.contract, build: input.build, pid: 1, dataDirectory: '/tmp/petri', startedAt: instant, adopted: [] })),
      shutdown: os.system.shutdown.handler(() => undefined),
    },
    settings: {
      get: os.settings.get.handler(() => settings.value),
      update: os.settings.update.handler(({ input }) => {
        settings.set({ ...settings.value, ...(input as Partial<Settings>) });
        return settings.value;
      }),
      reset: os.settings.reset.handler(() => {
        settings.set(settingsSchema.parse({}));
        return settings.value;
      }),
      watch: os.settings.watch.handler(({ signal }) => settings.follow(signal)),
    },
    hosts: {
      capabilities: os.hosts.capabilities.handler(() => hosts.value),
      test: os.hosts.test.handler(() => hosts.value),
      watch: os.hosts.watch.handler(({ signal }) => hosts.follow(signal)),
    },
    tasks: {
      list: os.tasks.list.handler(() => tasks.value),
      cancel: os.tasks.cancel.handler(({ input }) => {
        tasks.set(tasks.value.map((task) => (task.id === input.id ? { ...task, state: 'cancelled' as const, endedAt: instant } : task)));
        return tasks.value.find(({ id }) => id === input.id) as Task;
      }),
      clear: os.tasks.clear.handler(() => tasks.set(tasks.value.filter(({ endedAt }) => endedAt === null))),
      watch: os.tasks.watch.handler(({ signal }) => tasks.follow(signal)),
    },
    catalog: { list: os.catalog.list.handler(() => [builtin, builtinArm]) },
    guests: {
      list: os.guests.list.handler(() => [...guests.value]),
      createFromCatalog: os.guests.createFromCatalog.handler(({ input, errors }) => {
        const name = input.name ?? builtin.name;
        if (guests.value.some(({ definition }) => definition.name === name)) throw errors.GUEST_NAME_TAKEN({ data: { name } });
        const entry = input.entry === builtinArm.id ? builtinArm : builtin;
        const { architecture, machine, phaseTable } = entry;
        return add(guestDraft.parse({ name, catalogEntry: entry.id, architecture, machine, boot: entry.boot, phaseTable, accelerator: 'auto', notes: '' }));
      }),
      create: os.guests.create.handler(({ input, errors }) => {
        if (input.boot.kernel?.kind === 'file' && !input.boot.kernel.path.endsWith('.elf')) throw errors.IMAGE_MISSING({ data: { path: input.boot.kernel.path } });
        return add(input);
      }),
      remove: os.guests.remove.handler(({ input }) => {
        const guest = guestOf(input.id);
        if (guest !== undefined) trash = [{ guest, trashedAt: instant }, ...trash];
        guests.set(guests.value.filter(({ definition }) => definition.id !== input.id));
      }),
      restore: os.guests.restore.handler(({ input, errors }) => {
        const found = trash.find(({ guest }) => guest.definition.id === input.id);
        if (found === undefined) throw errors.NOT_FOUND({ data: { noun: 'guest', id: input.id } });
        trash = trash.filter((other) => other !== found);
        guests.set([...guests.value, found.guest]);
        return found.guest;
      }),
      trash: os.guests.trash.handler(() => trash.map(({ guest: { definition: { id, name } }, trashedAt }) => ({ id, name, trashedAt }))),
      command: os.guests.command.handler(({ input }) => ({ argv: machine((guestOf(input.id) as Guest).definition).argv })),
      start: os.guests.start.handler(({ input }) => enter(input.id, running)),
      pause: os.guests.pause.handler(({ input }) => enter(input.id, ({ definition }) => ({ state: 'paused', machine: machine(definition) }))),
      resume: os.guests.resume.handler(({ input }) => enter(input.id, running)),
      reset: os.guests.reset.handler(({ input }) => enter(input.id, running)),
      powerDown: os.guests.powerDown.handler(({ input }) => enter(input.id, stopped('poweredDown'))),
      kill: os.guests.kill.handler(({ input }) => enter(input.id, stopped('killed'))),
      watch: os.guests.watch.handler(({ signal }) => watchGuests(signal)),
    },
    consoles: {
      get: os.consoles.get.handler(({ input }) => ({ id: input.id, ...consoleOf(input.id).range(), writable: true })),
      read: os.consoles.read.handler(({ input }) => consoleOf(input.id).read(input.from, input.bytes)),
      search: os.consoles.search.handler(({ input }) => consoleOf(input.id).search(input.pattern, input.kind, input.limit)),
    },
    measurements: {
      watchList: os.measurements.watchList.handler(({ signal }) => runs.follow(signal)),
      trash: os.measurements.trash.handler(() => []),
    },
    instruments: {
      list: os.instruments.list.handler(() => instruments.value),
      calibrate: os.instruments.calibrate.handler(({ input }) => {
        const overhead = { ratio: 1.012, low: 0.995, high: 1.03, boots: input.boots, measuredAt: instant };
        instruments.set(instruments.value.map((card) => (card.available ? { ...card, overhead } : card)));
        return instruments.value;
      }),
    },
    diagnostics: { collect: os.diagnostics.collect.handler(() => ({ text: 'Petri 0.1.0\nQEMU 7.2.0\n~/.local/share/petri', redactions: 1 })) },
  };
  return { router, settings, tasks, hosts, guests, runs, consoleOf, catalogEntries: [builtin, builtinArm] };
}

export type InMemoryLab = ReturnType<typeof createInMemoryLab>;
