import type { ImageIdentity, ImageReference } from '../../contract/catalog.ts';
import type { Guest, GuestChange, GuestDefinition, GuestDraft, GuestEvent, LifeEvent } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { refuseWhileRunning } from '../../core/guests/guestStates.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { plainImagePaths } from '../../core/guests/plainImagePaths.ts';
import { qemuArguments } from '../../core/guests/qemuArguments.ts';
import type { CommandLog } from '../../host/process/commandLog.ts';
import { createImageDigests } from '../../host/qemu/imageDigests.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';
import type { Activity } from '../activity.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import { createFeed, watch } from '../feed.ts';
import type { Log } from '../log.ts';
import { adoptGuests } from './adoptGuests.ts';
import type { GuestConsoles } from './consoles.ts';
import { createDefinitions } from './definitions.ts';
import { noDisks, type GuestDisks } from './disks.ts';
import { createEquipment } from './equipment.ts';
import { identifyImages } from './identifyImages.ts';
import { createGuestLives } from './life.ts';
import { createMachineLedger } from './machineLedger.ts';
import { createMachines, type StartHow } from './machines.ts';
import { createPlaces, type PlacesDependencies } from './places.ts';
import { createGuestPorts } from './ports.ts';
import { createLoans, createPreparation } from './prepareGuest.ts';
import { inspectImages, resolveGuest, type ResolvedGuest } from './resolveGuest.ts';
import type { RunningGuest } from './runningGuest.ts';
import { createRuntimes } from './runtimes.ts';
import { guestMachine } from './startGuest.ts';

export type { ResolvedGuest } from './resolveGuest.ts';

export interface GuestsDependencies {
  readonly database: Database;
  readonly catalog: CatalogService;
  readonly accelerators: AcceleratorsService;
  readonly consoles: GuestConsoles;
  readonly activity: Pick<Activity, 'hold'>;
  readonly commands: CommandLog;
  /** Guests with disks cannot start without. */
  readonly disks?: GuestDisks;
  /** Guests in containers cannot start without. */
  readonly docker?: PlacesDependencies['docker'];
  readonly imagesDirectory: string;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly log: Log;
}

/** The guests of a lab; see the contract for what each act promises and refuses. */
export interface GuestsService {
  list(): Guest[];
  get(id: string): Guest;
  createFromCatalog(entry: string, name?: string): Guest;
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
  watch(signal?: AbortSignal): AsyncGenerator<GuestEvent>;
  /** To be called once, before anybody is served: takes over what an earlier lab left. Answers the names. */
  adopt(): Promise<string[]>;
  /** For the end of the lab. */
  endAll(how: 'leave' | 'powerDown' | 'kill'): Promise<void>;
  /** Leaves running what runs, for the next lab. */
  dispose(): void;
}

/** As the contract's default for one guest. */
const POWER_DOWN_SECONDS = 20;

export function createGuests(dependencies: GuestsDependencies): GuestsService {
  const { database, catalog, accelerators, consoles, activity, commands, disks = noDisks, docker, imagesDirectory, dataDirectory, runDirectory, log } = dependencies;
  const feed = createFeed<GuestEvent>();
  const definitions = createDefinitions(database);
  const places = { imagesDirectory, libraryPath: catalog.libraryPath };
  const identityTools = { places, digests: createImageDigests() };
  const machinePlaces = createPlaces({ accelerators, ...(docker && { docker }) });
  const resolve = (definition: GuestDefinition): Promise<ResolvedGuest> => resolveGuest(definition, { ...identityTools, machinePlaces, disks, dataDirectory });
  const listeners = new Set<(id: string) => void>();
  const onChange = (id: string): void => {
    for (const listener of listeners) listener(id);
    const definition = definitions.list().find((candidate) => candidate.id === id);
    if (definition !== undefined) feed.publish({ type: 'changed', guest: join(definition) });
  };
  const ledger = createMachineLedger(database);
  const lives = createGuestLives(database);
  const loans = createLoans(disks, log);
  const onGone = (id: string, { kept }: RunningGuest): Promise<void> => loans.giveBack(id, kept.disks);
  const runtimes = createRuntimes({ ledger, activity, commands, log, onGone, onChange });
  const ports = createGuestPorts({ definitions, isActive: (id) => runtimes.get(id).state !== 'stopped' });
  const prepare = createPreparation({ ports, resolve, loans });
  const machines = createMachines({ ledger, runtimes, consoles, runDirectory, log, places: machinePlaces, prepare });
  const equipment = createEquipment({ definitions, runtimes, places });
  const join = (definition: GuestDefinition): Guest => ({
    definition,
    runtime: runtimes.get(definition.id),
    health: { state: 'none', at: null, says: '' },
    restarts: { count: 0, nextAt: null },
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
  const powerDown = (id: string, afterSeconds: number): Promise<Guest> =>
    after(id, (definition) => {
      const line = catalog.list().find((entry) => entry.id === definition.catalogEntry)?.powerDownLine ?? null;
      return machines.powerDown(definition, afterSeconds, line);
    });

  return {
    list,
    get,
    resolve,
    identify: ({ boot }) => identifyImages(boot, identityTools),
    createFromCatalog: (entry, name) => changed(definitions.createFromCatalog({ ...catalog.get(entry), boot: catalog.boot(entry) }, name)),
    async create(draft) {
      await inspectImages(draft, places);
      return changed(definitions.create(draft));
    },
    async update(id, change) {
      const { definition } = get(id);
      refuseWhileRunning(definition, change, runtimes.get(id).state);
      if (change.boot !== undefined) await inspectImages({ architecture: change.architecture ?? definition.architecture, boot: change.boot }, places);
      return changed(definitions.update(id, change));
    },
    remove(id) {
      machines.refuseUnlessPossible('remove', definitions.get(id));
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
      const definition = await ports.propose(definitions.get(id));
      const resolved = await resolve(definition);
      const { specification, layout } = guestMachine(definition, resolved, runDirectory);
      return [resolved.program.program, ...qemuArguments(plainImagePaths(specification, layout.path).specification)];
    },
    start: (id, how) => after(id, (definition) => machines.start(definition, how)),
    pause: (id) => after(id, machines.pause),
    resume: (id) => after(id, machines.resume),
    reset: (id) => after(id, machines.reset),
    kill: (id) => after(id, machines.kill),
    keep: (id, state) => machines.keep(definitions.get(id), state),
    powerDown,
    watch: (signal) => watch<GuestEvent>(feed, () => ({ type: 'snapshot', guests: list() }), signal),
    adopt: () => adoptGuests({ ledger, runtimes, consoles, places: machinePlaces, borrowAgain: loans.borrowAgain, runDirectory, log }),
    async endAll(how) {
      if (how === 'leave') return;
      const alive = list().filter(({ runtime }) => runtime.state === 'running' || runtime.state === 'paused');
      await Promise.all(alive.map(({ definition }) => (how === 'kill' ? after(definition.id, machines.kill) : powerDown(definition.id, POWER_DOWN_SECONDS))));
    },
    dispose() {
      for (const { machine } of runtimes.all()) machine.release();
      feed.close();
    },
  };
}
