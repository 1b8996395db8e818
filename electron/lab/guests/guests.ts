import type { ImageIdentity, ImageReference } from '../../contract/catalog.ts';
import type { Forecast, Guest, GuestChange, GuestDefinition, GuestDraft, GuestEvent, LifeEvent, ResourceSample } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { cpuAdvice } from '../../core/guests/cpuAdvice.ts';
import { refuseWhileRunning } from '../../core/guests/guestStates.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { inspectShare } from '../../host/qemu/inspectShare.ts';
import { createFeed, watch } from '../feed.ts';
import { assembleGuests, type GuestsDependencies } from './assembly.ts';
import { bootableEntry } from './bootableEntry.ts';
import { createCloning, type CloneDependencies } from './cloneGuest.ts';
import type { FromCatalog } from './definitions.ts';
import { noDisks, refuseWrongDisks } from './disks.ts';
import { createGroups } from './groups.ts';
import { identifyImages } from './identifyImages.ts';
import type { StartHow } from './machines.ts';
import { inspectImages, refuseEmpty, type ResolvedGuest } from './resolveGuest.ts';
import type { CountersListener } from './resources.ts';
import { guestMachine } from './startGuest.ts';

export type { ResolvedGuest } from './resolveGuest.ts';

export interface GuestsServiceDependencies extends GuestsDependencies {
  /** Copies disks for a clone; guests without disks need none. */
  readonly cloning: CloneDependencies;
}

/** The guests of a lab; see the contract for what each act promises and refuses. */
export interface GuestsService {
  list(): Guest[];
  get(id: string): Guest;
  /** What `createFromCatalog` would make. Throws IMAGE_NOT_FETCHED and ENTRY_NOT_INSTALLED for an entry that cannot boot by itself. */
  draftFromCatalog(entry: string, how?: FromCatalog): GuestDraft;
  createFromCatalog(entry: string, how?: FromCatalog): Guest;
  /** Looks at the images first, so that a guest of the user's own is not made from a file that cannot be one. */
  create(draft: GuestDraft): Promise<Guest>;
  update(id: string, change: GuestChange): Promise<Guest>;
  remove(id: string): void;
  restore(id: string): Guest;
  trash(): TrashedItem[];
  command(id: string): Promise<string[]>;
  definition(id: string): GuestDefinition;
  /** Calls back after each change of a guest or of its runtime, until the returned function is called. */
  onChange(listener: (id: string) => void): () => void;
  /** Puts an event into a guest's life. */
  note(id: string, what: LifeEvent['what'], detail?: string): void;
  life(id: string): LifeEvent[];
  /** Throws GUEST_BUSY for a guest that does not run, like the next two. */
  screenshot(id: string): Promise<Uint8Array>;
  sendKeys(id: string, chords: readonly (readonly string[])[]): Promise<void>;
  /** Of a stopped guest too. */
  changeMedium(id: string, medium: ImageReference | null): Promise<Guest>;
  /** The machine of a guest that runs; throws NOT_FOUND for a guest that there is not. */
  machineOf(id: string): Machine | undefined;
  /** What a definition means on this host. */
  resolve(definition: GuestDefinition): Promise<ResolvedGuest>;
  /** What is in its kernel and modules now. */
  identify(definition: GuestDefinition): Promise<ImageIdentity[]>;
  /** With `loadState` the machine waits for the memory and devices of a snapshot, and goes on from there. */
  start(id: string, how?: StartHow): Promise<Guest>;
  pause(id: string): Promise<Guest>;
  resume(id: string): Promise<Guest>;
  reset(id: string): Promise<Guest>;
  powerDown(id: string, afterSeconds: number): Promise<Guest>;
  kill(id: string): Promise<Guest>;
  /** Refuses every act but `kill` and a start with `loadState`, until the answered function is called. Throws GUEST_BUSY when it is kept already. */
  keep(id: string, state: string): () => void;
  /** Throws NOT_FOUND for a group without guests. All are tried; the first failure is thrown at the end. */
  startGroup(group: string): Promise<Guest[]>;
  stopGroup(group: string): Promise<Guest[]>;
  clone(id: string, name: string, disks: 'linked' | 'full'): { task: string; guest: string };
  advice(id: string): Promise<string[]>;
  forecast(id: string): Forecast[];
  resources(id: string, signal?: AbortSignal): AsyncGenerator<{ samples: ResourceSample[] }>;
  /** What each running guest has taken, once a second, until the answered function is called. */
  onCounters(listener: CountersListener): () => void;
  watch(signal?: AbortSignal): AsyncGenerator<GuestEvent>;
  /** To be called once, before anybody is served: takes over what an earlier lab left. Answers the names. */
  adopt(): Promise<string[]>;
  /** To be called once after `adopt`, when everything is there that a start needs: starts what starts with the lab. */
  begin(): void;
  /** For the end of the lab. */
  endAll(how: 'leave' | 'powerDown' | 'kill'): Promise<void>;
  /** Leaves running what runs, for the next lab. */
  dispose(): void;
}

/** As the contract's default for one guest. */
const POWER_DOWN_SECONDS = 20;

export function createGuests(dependencies: GuestsServiceDependencies): GuestsService {
  const { catalog, runDirectory, dataDirectory, disks = noDisks } = dependencies;
  const feed = createFeed<GuestEvent>();
  const listeners = new Set<(id: string) => void>();
  const onChange = (id: string): void => {
    for (const listener of listeners) listener(id);
    const definition = definitions.list().find((candidate) => candidate.id === id);
    if (definition !== undefined) feed.publish({ type: 'changed', guest: join(definition) });
  };
  const parts = assembleGuests(dependencies, onChange);
  const { definitions, lives, places, identityTools, machinePlaces, resolve, resources, health, companions, runtimes, ports, capacity, machines, supervisor, equipment } = parts;
  const join = (definition: GuestDefinition): Guest => ({
    definition,
    runtime: runtimes.get(definition.id),
    health: health.of(definition.id),
    restarts: supervisor.restarts(definition.id),
  });
  const list = (): Guest[] => definitions.list().map(join);
  const get = (id: string): Guest => join(definitions.get(id));
  const changed = ({ id }: GuestDefinition): Guest => {
    onChange(id);
    return get(id);
  };
  const after = async (id: string, act: (definition: GuestDefinition) => Promise<void>): Promise<Guest> => {
    await act(definitions.get(id));
    return get(id);
  };
  const start = (id: string, how?: StartHow): Promise<Guest> => after(id, (definition) => machines.start(definition, how));
  const endByPower = (id: string, afterSeconds: number): Promise<Guest> =>
    after(id, (definition) => {
      const line = catalog.list().find((entry) => entry.id === definition.catalogEntry)?.powerDownLine ?? null;
      return machines.powerDown(definition, afterSeconds, line);
    });
  /** The user's word counts before the guest's end, and for a guest that is stopped but waits to be started again. */
  const stopBy = (act: (id: string) => Promise<Guest>) => async (id: string): Promise<Guest> => {
    const waits = runtimes.get(definitions.get(id).id).state === 'stopped' && supervisor.restarts(id).nextAt !== null;
    supervisor.tell(id, { type: 'stopAsked' });
    return waits ? get(id) : act(id);
  };
  const powerDown = (id: string, afterSeconds: number): Promise<Guest> => stopBy((guest) => endByPower(guest, afterSeconds))(id);
  const kill = stopBy((id) => after(id, machines.kill));
  const created = (definition: GuestDefinition): Guest => {
    lives.note(definition.id, 'created', definition.catalogEntry === null ? '' : `from ${definition.catalogEntry}`);
    return changed(definition);
  };
  /** What a guest gets anew; what it had before is looked at when it starts. */
  const refuseWrongEquipment = async ({ disks: wanted, share }: GuestChange, before?: GuestDefinition): Promise<void> => {
    if (wanted !== undefined) refuseWrongDisks(disks, wanted, before?.disks ?? []);
    if (share !== undefined && share !== null && share.path !== before?.share?.path) await inspectShare(share.path, dataDirectory);
  };
  const adviceOn = async (definition: GuestDefinition): Promise<string[]> => {
    const entry = catalog.list().find(({ id }) => id === definition.catalogEntry);
    return [...(entry === undefined ? [] : cpuAdvice(entry, definition)), ...(await capacity.advice(definition)), ...machinePlaces.of(definition.place).advice(definition)];
  };
  const groups = createGroups({ definitions, start, powerDown: (id) => powerDown(id, POWER_DOWN_SECONDS), get });
  const clone = createCloning(dependencies.cloning, definitions, created);

  return {
    list,
    get,
    resolve,
    identify: ({ boot }) => identifyImages(boot, identityTools),
    draftFromCatalog: (entry, how) => definitions.draftFromCatalog(bootableEntry(catalog, entry), how),
    createFromCatalog: (entry, how) => created(definitions.create(definitions.draftFromCatalog(bootableEntry(catalog, entry), how))),
    async create(draft) {
      await inspectImages(draft, places);
      await refuseWrongEquipment(draft);
      capacity.refuseReservation(draft, null);
      return created(definitions.create(draft));
    },
    async update(id, change) {
      const { definition } = get(id);
      refuseWhileRunning(definition, change, runtimes.get(id).state);
      if (change.boot !== undefined) await inspectImages({ architecture: change.architecture ?? definition.architecture, boot: change.boot }, places);
      await refuseWrongEquipment(change, definition);
      if (change.limits !== undefined && change.limits.reservedMemoryMiB !== definition.limits.reservedMemoryMiB) capacity.refuseReservation({ ...definition, limits: change.limits }, id);
      const updated = definitions.update(id, change);
      if (change.restart !== undefined) supervisor.tell(id, { type: 'policyChanged' });
      lives.note(id, 'changed', Object.keys(change).join(', '));
      return changed(updated);
    },
    remove(id) {
      machines.refuseUnlessPossible('remove', definitions.get(id));
      supervisor.tell(id, { type: 'stopAsked' });
      definitions.remove(id);
      feed.publish({ type: 'removed', id });
    },
    restore: (id) => changed(definitions.restore(id)),
    trash: () => definitions.trash(),
    definition: (id) => definitions.get(id),
    machineOf: (id) => runtimes.running(definitions.get(id).id)?.machine,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    note: (id, what, detail) => lives.note(definitions.get(id).id, what, detail),
    life: (id) => lives.of(definitions.get(id).id),
    screenshot: equipment.screenshot,
    sendKeys: equipment.sendKeys,
    changeMedium: async (id, medium) => changed(await equipment.changeMedium(id, medium)),
    async command(id) {
      refuseEmpty(definitions.get(id));
      const definition = await ports.propose(definitions.get(id));
      const resolved = await resolve(definition);
      const { specification, layout } = guestMachine(definition, resolved, runDirectory);
      return machinePlaces.of(definition.place).command({ program: resolved.program, specification, directory: layout.path }, definition);
    },
    start,
    pause: (id) => after(id, machines.pause),
    resume: (id) => after(id, machines.resume),
    reset: (id) =>
      after(id, async (definition) => {
        await machines.reset(definition);
        lives.note(id, 'reset');
      }),
    kill,
    keep: (id, state) => machines.keep(definitions.get(id), state),
    powerDown,
    watch: (signal) => watch<GuestEvent>(feed, () => ({ type: 'snapshot', guests: list() }), signal),
    adopt: parts.adopt,
    begin: () => supervisor.begin(),
    startGroup: groups.start,
    stopGroup: groups.stop,
    clone: (id, name, disks) => clone(definitions.get(id), name, disks),
    advice: (id) => adviceOn(definitions.get(id)),
    forecast: (id) => capacity.forecast(definitions.get(id)),
    resources: (id, signal) => resources.watch(definitions.get(id).id, signal),
    onCounters: (listener) => resources.onCounters(listener),
    async endAll(how) {
      if (how === 'leave') return;
      // That the lab ends is no wish of the user that a guest should stay stopped.
      supervisor.stop();
      const alive = list().filter(({ runtime }) => runtime.state === 'running' || runtime.state === 'paused');
      await Promise.all(alive.map(({ definition }) => (how === 'kill' ? after(definition.id, machines.kill) : endByPower(definition.id, POWER_DOWN_SECONDS))));
    },
    dispose() {
      supervisor.stop();
      companions.endAll();
      for (const { machine } of runtimes.all()) machine.release();
      feed.close();
    },
  };
}
