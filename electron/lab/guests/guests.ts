import type { ImageIdentity } from '../../contract/catalog.ts';
import type { Guest, GuestChange, GuestDefinition, GuestDraft, GuestEvent } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';
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
import { identifyImages } from './identifyImages.ts';
import { createMachineLedger } from './machineLedger.ts';
import { createMachines } from './machines.ts';
import { inspectImages, resolveGuest, type ResolvedGuest } from './resolveGuest.ts';
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
  readonly imagesDirectory: string;
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
  /** What a definition means on this host. */
  resolve(definition: GuestDefinition): Promise<ResolvedGuest>;
  /** What is in its kernel and modules now. */
  identify(definition: GuestDefinition): Promise<ImageIdentity[]>;
  start(id: string): Promise<Guest>;
  pause(id: string): Promise<Guest>;
  resume(id: string): Promise<Guest>;
  reset(id: string): Promise<Guest>;
  powerDown(id: string, afterSeconds: number): Promise<Guest>;
  kill(id: string): Promise<Guest>;
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
  const { database, catalog, accelerators, consoles, activity, commands, imagesDirectory, runDirectory, log } = dependencies;
  const feed = createFeed<GuestEvent>();
  const definitions = createDefinitions(database);
  const places = { imagesDirectory, libraryPath: catalog.libraryPath };
  const identityTools = { places, digests: createImageDigests() };
  const resolve = (definition: GuestDefinition): Promise<ResolvedGuest> => resolveGuest(definition, accelerators, identityTools);
  const onChange = (id: string): void => {
    const definition = definitions.list().find((candidate) => candidate.id === id);
    if (definition !== undefined) feed.publish({ type: 'changed', guest: join(definition) });
  };
  const ledger = createMachineLedger(database);
  const runtimes = createRuntimes({ ledger, activity, commands, log, onChange });
  const machines = createMachines({ ledger, runtimes, consoles, runDirectory, log, resolve });
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
    async command(id) {
      const definition = definitions.get(id);
      const resolved = await resolve(definition);
      const { specification, layout } = guestMachine(definition, resolved, runDirectory);
      return [resolved.program.program, ...qemuArguments(plainImagePaths(specification, layout.path).specification)];
    },
    start: (id) => after(id, machines.start),
    pause: (id) => after(id, machines.pause),
    resume: (id) => after(id, machines.resume),
    reset: (id) => after(id, machines.reset),
    kill: (id) => after(id, machines.kill),
    powerDown,
    watch: (signal) => watch<GuestEvent>(feed, () => ({ type: 'snapshot', guests: list() }), signal),
    adopt: () => adoptGuests({ ledger, runtimes, consoles, runDirectory, log }),
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
