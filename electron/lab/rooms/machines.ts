import { libraryDigests } from '../../core/guests/libraryImages.ts';
import { partialPath } from '../../host/storage/writeFileAtomically.ts';
import { createConsoles } from '../consoles/consoles.ts';
import { openContainerShell } from '../consoles/containerShell.ts';
import { createLogins } from '../consoles/logins.ts';
import { createScreens } from '../consoles/screens.ts';
import { createSessions } from '../consoles/sessions.ts';
import { createDisks, type DisksService } from '../disks/disks.ts';
import { createContainers } from '../containers/containers.ts';
import { createDockerPlace } from '../containers/dockerPlace.ts';
import { createEngines } from '../containers/engines.ts';
import { createGuests, type GuestsService } from '../guests/guests.ts';
import { createPlaces } from '../guests/places.ts';
import { createInstallations } from '../installations/installations.ts';
import { createSnapshots } from '../snapshots/snapshots.ts';
import { taskEnd } from '../tasks/taskEnd.ts';
import type { Ground } from './ground.ts';
import type { Site } from './site.ts';

/** Disks, guests and their consoles. */
export function createMachineRoom({ options, data, log, open }: Site, { activity, commands, settings, tasks, catalog, images, accelerators }: Ground) {
  const { imagesDirectory, resourcesDirectory, runDirectory, qemuSearchPath } = options;
  const { database, blobs } = data;
  const consoles = open(createConsoles({
    directory: data.file('consoles'),
    retentionBytes: () => settings.get().consoleRetentionBytes,
    blobPath: (digest) => blobs.path(digest),
    onChange: (id) => sessions.changed(id),
    log,
  }));

  const disks: DisksService = open(createDisks({
    database,
    dataDirectory: data.path,
    tasks,
    libraryPath: catalog.libraryPath,
    guestsOf: (disk) => guests.list().filter(({ definition }) => definition.disks.some((attached) => attached.disk === disk)).map(({ definition: { id, name } }) => ({ id, name })),
    nameOfGuest: (id) => guests.list().find(({ definition }) => definition.id === id)?.definition.name ?? id,
    snapshotLayers: () => snapshots.layers(),
    ...(qemuSearchPath !== undefined && { qemuSearchPath }),
  }));

  const engines = open(createEngines({ settings, ...(options.docker && { environment: options.docker }) }));
  const docker = createDockerPlace({ engines, accelerators, settings, imagesDirectory, runDirectory });

  const guests: GuestsService = open(createGuests({
    ...{ database, catalog, accelerators, consoles, activity, commands, disks, docker, imagesDirectory, dataDirectory: data.path, runDirectory, log },
    memoryReserveMiB: () => settings.get().hostMemoryReserveMiB,
    cloning: {
      tasks,
      async cloneDisk(id, name, kind, { signal }) {
        const { task, disk } = disks.clone(id, name, kind);
        await taskEnd(tasks, task, signal);
        return disk;
      },
      removeDisk: (id) => disks.remove(id),
      diskName: (id) => disks.get(id).name,
    },
  }));
  const snapshots = open(createSnapshots({
    ...{ database, blobs, tasks, disks, guests, log },
    isLocalEngine: (engine) => engines.need(engine).then(({ sharesFiles }) => sharesFiles, () => true),
    temporaryFile: () => partialPath(data.path),
  }));
  images.usersOf = (digest) => guests.list().filter(({ definition }) => libraryDigests(definition).includes(digest)).map(({ definition }) => definition.name);

  const containers = open(createContainers({ engines, guests, tasks, diskFile: (id) => disks.get(id), places: { imagesDirectory, libraryPath: catalog.libraryPath }, imagesDirectory, runDirectory }));

  const screens = open(createScreens({ machineOf: (id) => guests.machineOf(id), onChange: (guest) => sessions.changed(`guest/${guest}`) }));

  const logins = createLogins({ directory: data.file('ssh') });
  const sessions = open(createSessions({
    consoles,
    screens,
    logins,
    definition: (id) => guests.definition(id),
    machineOf: (id) => guests.machineOf(id),
    openShell: async ({ engine, id }) => openContainerShell(await engines.need(engine), id),
  }));
  // Where no key can be made a system is installed without one.
  const sshKey = (): Promise<string> => logins.key().then(({ publicKey }) => publicKey, () => '');
  const installations = open(createInstallations({ database, dataDirectory: data.path, resourcesDirectory, imagesDirectory, runDirectory, tasks, catalog, disks, guests, consoles, sshKey, log }));
  return { places: createPlaces({ accelerators, docker }), engines, consoles, disks, guests, snapshots, containers, screens, sessions, logins, installations };
}

export type MachineRoom = ReturnType<typeof createMachineRoom>;
