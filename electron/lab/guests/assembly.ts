import type { GuestDefinition, GuestRuntime } from '../../contract/guests.ts';
import { endWords } from '../../core/guests/guestEnds.ts';
import type { CommandLog } from '../../host/process/commandLog.ts';
import { createImageDigests } from '../../host/qemu/imageDigests.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';
import type { Activity } from '../activity.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { Log } from '../log.ts';
import { adoptGuests } from './adoptGuests.ts';
import { createCapacity } from './capacity.ts';
import { createCompanions } from './companions.ts';
import type { GuestConsoles } from './consoles.ts';
import { createDefinitions } from './definitions.ts';
import { noDisks, type GuestDisks } from './disks.ts';
import { createEquipment } from './equipment.ts';
import { createHealthChecks } from './healthChecks.ts';
import { createGuestLives, lifeOfTurn } from './life.ts';
import { createLimits } from './limits.ts';
import { createMachineLedger } from './machineLedger.ts';
import { createMachines } from './machines.ts';
import { createPlaces, type PlacesDependencies } from './places.ts';
import { createGuestPorts } from './ports.ts';
import { createLoans, createPreparation } from './prepareGuest.ts';
import { resolveGuest, type ResolvedGuest } from './resolveGuest.ts';
import { createResources } from './resources.ts';
import { createRuntimes } from './runtimes.ts';
import { createSupervisor } from './supervisor.ts';

export interface GuestsDependencies {
  readonly database: Database;
  readonly catalog: CatalogService;
  readonly accelerators: AcceleratorsService;
  readonly consoles: GuestConsoles;
  readonly activity: Pick<Activity, 'hold'>;
  readonly commands: CommandLog;
  readonly disks?: GuestDisks;
  readonly docker?: NonNullable<PlacesDependencies['docker']>;
  /** Memory that guests leave to the host, a setting. */
  readonly memoryReserveMiB: () => number;
  readonly imagesDirectory: string;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly log: Log;
}

export type GuestParts = ReturnType<typeof assembleGuests>;

/** Makes the parts that guests consist of and gives them to each other. `onChange` is called after each change of a guest. */
export function assembleGuests(dependencies: GuestsDependencies, onChange: (id: string) => void) {
  const { database, catalog, accelerators, consoles, activity, commands, disks = noDisks, docker, imagesDirectory, dataDirectory, runDirectory, log } = dependencies;
  const definitions = createDefinitions(database);
  const ledger = createMachineLedger(database);
  const lives = createGuestLives(database);
  const limits = createLimits(runDirectory);
  const loans = createLoans(disks, log);
  const places = { imagesDirectory, libraryPath: catalog.libraryPath };
  const identityTools = { places, digests: createImageDigests() };
  const machinePlaces = createPlaces({ accelerators, ...(docker !== undefined && { docker }) });
  const resolve = (definition: GuestDefinition): Promise<ResolvedGuest> => resolveGuest(definition, { ...identityTools, machinePlaces, disks, dataDirectory });

  const resources = createResources();
  const health = createHealthChecks({
    definition: (id) => definitions.get(id),
    consoles,
    onTurn(id, { state, says }) {
      if (state === 'healthy' || state === 'unhealthy') lives.note(id, state, says);
      onChange(id);
    },
  });
  const companions = createCompanions({ definition: (id) => definitions.get(id), health, resources });

  /** Guests that their policy starts now. */
  const startedByPolicy = new Set<string>();
  const runtimes = createRuntimes({
    ledger,
    activity,
    commands,
    log,
    onChange,
    async onGone(id, { kept }) {
      companions.end(id);
      await loans.giveBack(id, kept.disks);
      await limits.remove(kept.groups);
    },
    onEnded(id, end) {
      lives.note(id, end.how, endWords(end));
      supervisor.tell(id, { type: 'ended', how: end.how });
    },
    onTurn(id, before: GuestRuntime, next: GuestRuntime | null) {
      const event = lifeOfTurn(before, next);
      if (event !== null) lives.note(id, event.what, event.detail);
      if (next?.state === 'starting') supervisor.tell(id, { type: 'started', by: startedByPolicy.has(id) ? 'policy' : 'user' });
    },
  });
  const ports = createGuestPorts({ definitions, isActive: (id) => runtimes.get(id).state !== 'stopped' });
  const capacity = createCapacity({ definitions, runtimes, disks, limits, dataDirectory, reserveMiB: dependencies.memoryReserveMiB });
  const prepare = createPreparation({ ports, resolve, loans, capacity });
  const machines = createMachines({ ledger, runtimes, consoles, companions, limits, ports, runDirectory, log, places: machinePlaces, prepare });
  const supervisor = createSupervisor({
    database,
    definitions,
    runtimes,
    ledger,
    activity,
    onChange,
    log,
    async start(definition) {
      startedByPolicy.add(definition.id);
      try {
        await machines.start(definition);
        lives.note(definition.id, 'restarted', definition.restart.when === 'no' ? 'it starts with the lab' : `restart policy: ${definition.restart.when}`);
      } finally {
        startedByPolicy.delete(definition.id);
      }
    },
  });
  const equipment = createEquipment({ definitions, runtimes, places });
  const onAdopted = (id: string, how: 'adopted' | 'lost'): void => lives.note(id, how);
  const adopt = (): Promise<string[]> =>
    adoptGuests({ ledger, runtimes, consoles, companions, limits, places: machinePlaces, borrowAgain: loans.borrowAgain, onAdopted, runDirectory, log });
  return { definitions, lives, places, identityTools, machinePlaces, resolve, resources, health, companions, runtimes, ports, capacity, machines, supervisor, equipment, adopt };
}
