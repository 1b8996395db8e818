import { join } from 'node:path';
import type { Context, Router } from '@orpc/server';
import type { contract } from '../contract/contract.ts';
import type { Architecture } from '../contract/primitives.ts';
import { libraryDigests } from '../core/guests/libraryImages.ts';
import { summariseRun } from '../core/measurements/summariseRun.ts';
import type { DockerEnvironment } from '../host/docker/contexts.ts';
import { eventLog } from '../host/instruments/eventLog/eventLog.ts';
import { gdbstub } from '../host/instruments/gdbstub/gdbstub.ts';
import { createPluginInstrument } from '../host/instruments/plugin/plugin.ts';
import { serialSocket } from '../host/instruments/serialSocket.ts';
import { serialTrace } from '../host/instruments/serialTrace.ts';
import { openTraceFiles } from '../host/instruments/traceFiles.ts';
import { linuxRecipes } from '../host/linux/recipes.ts';
import { createCommandLog } from '../host/process/commandLog.ts';
import { findQemu } from '../host/qemu/findQemu.ts';
import { openDataDirectory, type DataDirectory } from '../host/storage/dataDirectory.ts';
import { purgeTrash } from '../host/storage/trash.ts';
import { partialPath } from '../host/storage/writeFileAtomically.ts';
import { createAccelerators } from './accelerators/accelerators.ts';
import { acceleratorsProcedures } from './accelerators/procedures.ts';
import { createActivity } from './activity.ts';
import { createCalibrations } from './calibrations/calibrations.ts';
import { calibrationsProcedures } from './calibrations/procedures.ts';
import { createCampaigns } from './campaigns/campaigns.ts';
import { campaignsProcedures } from './campaigns/procedures.ts';
import { createCatalog } from './catalog/catalog.ts';
import { catalogProcedures } from './catalog/procedures.ts';
import { createConsoles } from './consoles/consoles.ts';
import { openContainerShell } from './consoles/containerShell.ts';
import { consolesProcedures } from './consoles/procedures.ts';
import { createLogins } from './consoles/logins.ts';
import { createScreens } from './consoles/screens.ts';
import { createSessions } from './consoles/sessions.ts';
import { createDisks } from './disks/disks.ts';
import { disksProcedures } from './disks/procedures.ts';
import { createContainers } from './containers/containers.ts';
import { createDockerPlace } from './containers/dockerPlace.ts';
import { createEngines } from './containers/engines.ts';
import { containersProcedures } from './containers/procedures.ts';
import { createDiagnostics, rememberLog, type RecentLog } from './diagnostics/diagnostics.ts';
import { diagnosticsProcedures } from './diagnostics/procedures.ts';
import { createGuests } from './guests/guests.ts';
import { createPlaces } from './guests/places.ts';
import { guestsProcedures } from './guests/procedures.ts';
import { createHistory } from './history/history.ts';
import { historyProcedures } from './history/procedures.ts';
import { createHosts } from './hosts/hosts.ts';
import { createProbes } from './hosts/probes.ts';
import { hostsProcedures } from './hosts/procedures.ts';
import { declareFailures, os } from './implementer.ts';
import { createInstallations } from './installations/installations.ts';
import { installationsProcedures } from './installations/procedures.ts';
import { readCallDecoders } from './calls/callNames.ts';
import { createEventInstruments } from './instruments/eventInstruments.ts';
import { createInstruments } from './instruments/instruments.ts';
import { instrumentsProcedures } from './instruments/procedures.ts';
import { builtinRuler } from './instruments/ruler.ts';
import { createTurns } from './instruments/turns.ts';
import { describeShortly, type Log } from './log.ts';
import { createMeasurements } from './measurements/measurements.ts';
import { measurementsProcedures } from './measurements/procedures.ts';
import { createPrograms } from './programs/programs.ts';
import { programsProcedures } from './programs/procedures.ts';
import { publishedProcedures } from './published/procedures.ts';
import { createPublished } from './published/published.ts';
import { reportsProcedures } from './reports/procedures.ts';
import { createReports } from './reports/reports.ts';
import { createSnapshots } from './snapshots/snapshots.ts';
import { snapshotsProcedures } from './snapshots/procedures.ts';
import { settingsProcedures } from './settings/procedures.ts';
import { createSettings } from './settings/settings.ts';
import { systemProcedures } from './system/procedures.ts';
import { createSystem } from './system/system.ts';
import { tasksProcedures } from './tasks/procedures.ts';
import { taskEnd } from './tasks/taskEnd.ts';
import { createTasks } from './tasks/tasks.ts';

export interface LabOptions {
  readonly dataDirectory: string;
  /** A short directory of mode 0700 for sockets. */
  readonly runDirectory: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  /** Identifies the bundle; `development` when run from sources. */
  readonly build: string;
  readonly version: string;
  readonly log: Log;
  /** Where Docker's contexts are looked for, instead of this process's own environment. */
  readonly docker?: DockerEnvironment;
  /** Searched for QEMU instead of PATH. */
  readonly qemuSearchPath?: string;
  /** Whether the capability board is filled in the background from the start, which boots the built-in guest; true when absent. */
  readonly probeHost?: boolean;
}

/** Ends what was begun, in the opposite order. */
interface Closers {
  readonly add: (close: () => void | Promise<void>) => void;
  readonly closeAll: () => Promise<void>;
}

/** What the rooms of the lab stand on. */
interface Site {
  readonly options: LabOptions;
  readonly data: DataDirectory;
  readonly recentLog: RecentLog;
  readonly log: Log;
  readonly closers: Closers;
}

/** The whole contract, implemented. */
export type LabRouter = Router<typeof contract, Context>;

export type Lab = Awaited<ReturnType<typeof createLab>>;

/**
 * The only composition root: opens the data, makes each noun's service, and gives them to each other.
 * Throws what opening the data directory throws; nothing is then left open.
 */
export async function createLab(options: LabOptions) {
  const closers = createClosers();
  const recentLog = rememberLog(options.log);
  try {
    const data = openDataDirectory(options.dataDirectory);
    closers.add(() => data.dispose());
    purgeTrash(data, new Date());
    const services = createServices({ options, data, recentLog, log: recentLog.log, closers });
    const { activity, consoles, guests, hosts, screens, sessions, system, adopted } = services;
    // Before anything starts a machine: what a dead lab left in the run directory is swept away.
    adopted.push(...(await guests.adopt()));
    sessions.adopt();
    const goOn = await services.snapshots.recover();
    await services.disks.recover();
    goOn();
    guests.begin();
    services.disks.mergeLayers();
    if (options.probeHost ?? true) hosts.begin();
    return { router: createRouter(services, recentLog.log), activity, consoles, screens, system, adopted, dispose: closers.closeAll };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

type Services = ReturnType<typeof createServices>;

function createServices(site: Site) {
  const ground = createGround(site);
  const machines = createMachineRoom(site, ground);
  const measuring = createMeasuringRoom(site, ground, machines);
  return { ...ground, ...machines, ...measuring, ...createOffice(site, ground, machines) };
}

type Ground = ReturnType<typeof createGround>;

/** What everything else needs: settings, tasks, and what this machine can do. */
function createGround({ options, data, log, closers }: Site) {
  const { resourcesDirectory, imagesDirectory, runDirectory, qemuSearchPath } = options;
  const { database } = data;
  const activity = createActivity();
  const commands = createCommandLog();

  const settings = createSettings({ database });
  closers.add(() => settings.dispose());

  const tasks = createTasks({ log, activity });
  closers.add(() => tasks.dispose());

  const search = qemuSearchPath === undefined ? {} : { qemuSearchPath };
  const accelerators = createAccelerators({ database, settings, tasks, imagesDirectory, runDirectory, ...search });
  closers.add(() => accelerators.dispose());

  const qemuFor = (architecture: Architecture) => findQemu(architecture, settings.get().qemuPrograms, qemuSearchPath);
  const tryAccelerators = (again: boolean) => (again ? accelerators.test() : accelerators.list());
  const hosts = createHosts({ probes: createProbes({ dataDirectory: data.path, findQemu: qemuFor, tryAccelerators }), log });
  closers.add(() => hosts.dispose());

  // Guests stand to the right of the catalog: who uses an image is asked when they are there.
  const images: { usersOf: (digest: string) => string[] } = { usersOf: () => [] };
  const catalog = createCatalog({
    database,
    resourcesDirectory,
    imagesDirectory,
    entriesDirectory: data.file('catalog'),
    libraryDirectory: data.file('images'),
    downloadsDirectory: data.file('downloads'),
    tasks,
    recipes: linuxRecipes(resourcesDirectory),
    usersOf: (digest) => images.usersOf(digest),
    log,
  });
  closers.add(() => catalog.dispose());
  return { activity, commands, settings, tasks, accelerators, hosts, catalog, images, qemuFor };
}

type MachineRoom = ReturnType<typeof createMachineRoom>;

/** Disks, guests and their consoles. */
function createMachineRoom({ options, data, log, closers }: Site, { activity, commands, settings, tasks, catalog, images, accelerators }: Ground) {
  const { imagesDirectory, runDirectory, qemuSearchPath } = options;
  const { database, blobs } = data;
  const consoles = createConsoles({
    directory: data.file('consoles'),
    retentionBytes: () => settings.get().consoleRetentionBytes,
    blobPath: (digest) => blobs.path(digest),
    onChange: (id) => sessions.changed(id),
    log,
  });
  closers.add(() => consoles.dispose());

  const disks = createDisks({
    database,
    dataDirectory: data.path,
    tasks,
    libraryPath: catalog.libraryPath,
    guestsOf: (disk) => guests.list().filter(({ definition }) => definition.disks.some((attached) => attached.disk === disk)).map(({ definition: { id, name } }) => ({ id, name })),
    nameOfGuest: (id) => guests.list().find(({ definition }) => definition.id === id)?.definition.name ?? id,
    snapshotLayers: () => snapshots.layers(),
    ...(qemuSearchPath !== undefined && { qemuSearchPath }),
  });
  closers.add(() => disks.dispose());

  const engines = createEngines({ settings, ...(options.docker && { environment: options.docker }) });
  closers.add(() => engines.dispose());
  const docker = createDockerPlace({ engines, accelerators, settings, imagesDirectory, runDirectory });

  const guests = createGuests({
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
  });
  closers.add(() => guests.dispose());
  const snapshots = createSnapshots({
    ...{ database, blobs, tasks, disks, guests, log },
    isLocalEngine: (engine) => engines.need(engine).then(({ sharesFiles }) => sharesFiles, () => true),
    temporaryFile: () => partialPath(data.path),
  });
  closers.add(() => snapshots.dispose());
  images.usersOf = (digest) => guests.list().filter(({ definition }) => libraryDigests(definition).includes(digest)).map(({ definition }) => definition.name);

  const containers = createContainers({ engines, guests, tasks, diskFile: (id) => disks.get(id), places: { imagesDirectory, libraryPath: catalog.libraryPath }, imagesDirectory, runDirectory });
  closers.add(() => containers.dispose());

  const screens = createScreens({ machineOf: (id) => guests.machineOf(id), onChange: (guest) => sessions.changed(`guest/${guest}`) });
  closers.add(() => screens.dispose());

  const logins = createLogins({ directory: data.file('ssh') });
  const sessions = createSessions({
    consoles,
    screens,
    logins,
    definition: (id) => guests.definition(id),
    machineOf: (id) => guests.machineOf(id),
    openShell: async ({ engine, id }) => openContainerShell(await engines.need(engine), id),
  });
  closers.add(() => sessions.dispose());
  const { resourcesDirectory } = options;
  // Where no key can be made a system is installed without one.
  const sshKey = (): Promise<string> => logins.key().then(({ publicKey }) => publicKey, () => '');
  const installations = createInstallations({ database, dataDirectory: data.path, resourcesDirectory, imagesDirectory, runDirectory, tasks, catalog, disks, guests, consoles, sshKey, log });
  closers.add(() => installations.dispose());
  return { places: createPlaces({ accelerators, docker }), engines, consoles, disks, guests, snapshots, containers, screens, sessions, logins, installations };
}

/** Instruments, measurements, what they are judged by, and reports of them. */
function createMeasuringRoom({ options, data, log, closers }: Site, ground: Ground, { consoles, disks, engines, guests, places }: MachineRoom) {
  const { resourcesDirectory, runDirectory, version } = options;
  const { database, blobs } = data;
  const { commands, settings, tasks, accelerators, hosts, catalog, qemuFor } = ground;
  const bootTools = { runDirectory, places, traces: openTraceFiles(data.file('traces')), consoles, commands, turns: createTurns(() => accelerators.settled()), disks };

  const instruments = createInstruments({
    ...bootTools,
    database,
    tasks,
    log,
    qemu: () => qemuFor('i386'),
    ruler: () => builtinRuler({ catalog, guests, phaseTable: (id) => measurements.phaseTable(id) }),
  });
  const eventInstruments = createEventInstruments([
    createPluginInstrument({ sourceDirectory: join(resourcesDirectory, 'plugin'), cacheDirectory: data.file('plugins') }),
    eventLog,
    gdbstub,
  ]);
  const decoder = readCallDecoders(resourcesDirectory, log);
  const programs = createPrograms({ database, blobs, tasks, traces: bootTools.traces, engines, decoder, fingerprint: () => hosts.fingerprint(), log });
  closers.add(() => programs.dispose());
  const calibrations = createCalibrations({
    ...bootTools,
    database,
    tasks,
    decoder: decoder('builtin'),
    eventInstruments: eventInstruments.all,
    serialInstruments: [serialTrace, serialSocket],
    instruments,
    ruler: (architecture) => builtinRuler({ catalog, guests, phaseTable: (id) => measurements.phaseTable(id) }, architecture === 'arm' ? 'builtin-arm' : 'builtin-i386', architecture),
    fingerprint: () => hosts.fingerprint(),
    describeError: describeShortly,
    log,
  });
  closers.add(() => calibrations.dispose());
  const measurements = createMeasurements({
    ...bootTools,
    eventInstruments,
    events: {
      get: (name) => eventInstruments.get(name),
      decoder,
      blobs,
      calibration: calibrations.asked,
    },
    database,
    blobs,
    resourcesDirectory,
    settings,
    tasks,
    guests,
    instruments,
    fingerprint: () => hosts.fingerprint(),
    log,
  });
  closers.add(() => measurements.dispose());

  const campaigns = createCampaigns({
    ...{ database, tasks, measurements, settings, log },
    guests: { list: () => guests.list(), entries: () => catalog.list(), createFromCatalog: (entry) => guests.createFromCatalog(entry) },
  });
  closers.add(() => campaigns.dispose());

  const history = createHistory({ database, guests, version, log });
  closers.add(() => history.dispose());

  const published = createPublished({
    database,
    resourcesDirectory,
    runOf: (id) => {
      const { run, samples } = measurements.get(id);
      return { run, summary: summariseRun(run, samples, []) };
    },
  });
  const reports = createReports({
    ...{ resourcesDirectory, version, database, blobs, decoder },
    runOf: (id) => measurements.get(id),
    campaignOf: (id) => campaigns.get(id),
    published: () => published.list(),
    phaseTables: () => measurements.phaseTables(),
  });
  return { published, instruments, programs, calibrations, measurements, campaigns, history, reports };
}

/** What speaks of the lab itself. */
function createOffice({ options, data, recentLog, log }: Site, { settings, tasks, hosts, commands }: Ground, { guests }: MachineRoom) {
  const { version, build } = options;
  const dataDirectory = data.path;
  const diagnostics = createDiagnostics({
    commands,
    recentLog,
    facts: () => ({
      version,
      build,
      dataDirectory,
      host: hosts.fingerprint(),
      capabilities: hosts.capabilities(),
      settings: settings.chosen(),
      tasks: tasks.list(),
    }),
  });
  const adopted: string[] = [];
  const system = createSystem({ build, dataDirectory, adopted, log, endGuests: (how) => guests.endAll(how) });
  return { diagnostics, adopted, system };
}

/** Binds each part of the contract to its service; the edge around them makes every failure a declared one. */
function createRouter(services: Services, log: Log): LabRouter {
  return os.use(declareFailures(log)).router({
    system: systemProcedures(services.system),
    settings: settingsProcedures(services.settings),
    hosts: hostsProcedures(services.hosts),
    tasks: tasksProcedures(services.tasks),
    published: publishedProcedures(services.published),
    accelerators: acceleratorsProcedures(services.accelerators),
    catalog: catalogProcedures(services.catalog),
    disks: disksProcedures(services.disks),
    guests: guestsProcedures(services.guests),
    containers: containersProcedures(services.containers),
    consoles: consolesProcedures(services.consoles, services.sessions, services.logins),
    snapshots: snapshotsProcedures(services.snapshots),
    installations: installationsProcedures(services.installations),
    instruments: instrumentsProcedures(services.instruments),
    calibrations: calibrationsProcedures(services.calibrations),
    measurements: measurementsProcedures(services.measurements),
    programs: programsProcedures(services.programs),
    campaigns: campaignsProcedures(services.campaigns),
    history: historyProcedures(services.history),
    reports: reportsProcedures(services.reports),
    diagnostics: diagnosticsProcedures(services.diagnostics),
  });
}

function createClosers(): Closers {
  const closers: (() => void | Promise<void>)[] = [];
  return {
    add: (close) => void closers.push(close),
    closeAll: async () => {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          // The others are closed all the same: the last of them lets go of the data directory.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'the lab did not end cleanly');
    },
  };
}
