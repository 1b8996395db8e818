import { createCommandLog } from '../host/process/commandLog.ts';
import { findQemu } from '../host/qemu/findQemu.ts';
import { openDataDirectory, type DataDirectory } from '../host/storage/dataDirectory.ts';
import { purgeTrash } from '../host/storage/trash.ts';
import { createAccelerators } from './accelerators/accelerators.ts';
import { acceleratorsProcedures } from './accelerators/procedures.ts';
import { createActivity } from './activity.ts';
import { createCatalog } from './catalog/catalog.ts';
import { catalogProcedures } from './catalog/procedures.ts';
import { createConsoles } from './consoles/consoles.ts';
import { consolesProcedures } from './consoles/procedures.ts';
import { createDiagnostics, rememberLog, type RecentLog } from './diagnostics/diagnostics.ts';
import { diagnosticsProcedures } from './diagnostics/procedures.ts';
import { createHosts } from './hosts/hosts.ts';
import { createProbes } from './hosts/probes.ts';
import { createGuests } from './guests/guests.ts';
import { guestsProcedures } from './guests/procedures.ts';
import { hostsProcedures } from './hosts/procedures.ts';
import { declareFailures, os } from './implementer.ts';
import type { Log } from './log.ts';
import { summariseRun } from '../core/measurements/summariseRun.ts';
import { openTraceFiles } from '../host/instruments/traceFiles.ts';
import { createInstruments } from './instruments/instruments.ts';
import { instrumentsProcedures } from './instruments/procedures.ts';
import { builtinRuler } from './instruments/ruler.ts';
import { createMeasurements } from './measurements/measurements.ts';
import { measurementsProcedures } from './measurements/procedures.ts';
import { publishedProcedures } from './published/procedures.ts';
import { createPublished } from './published/published.ts';
import { settingsProcedures } from './settings/procedures.ts';
import { createSettings } from './settings/settings.ts';
import { systemProcedures } from './system/procedures.ts';
import { createSystem } from './system/system.ts';
import { tasksProcedures } from './tasks/procedures.ts';
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
    const services = createServices(options, data, recentLog, closers);
    const { activity, consoles, system, adopted } = services;
    // Before anything starts a machine: what a dead lab left in the run directory is swept away.
    adopted.push(...(await services.guests.adopt()));
    if (options.probeHost ?? true) services.hosts.begin();
    return { router: createRouter(services, recentLog.log), activity, consoles, system, adopted, dispose: closers.closeAll };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

type Services = ReturnType<typeof createServices>;

/** In the order of the nouns: each receives only what is above it. */
function createServices(options: LabOptions, data: DataDirectory, recentLog: RecentLog, closers: Closers) {
  const { resourcesDirectory, imagesDirectory, runDirectory, build, version, qemuSearchPath } = options;
  const { database, blobs } = data;
  const { log } = recentLog;
  const search = qemuSearchPath === undefined ? {} : { qemuSearchPath };

  const activity = createActivity();
  const commands = createCommandLog();

  const settings = createSettings({ database });
  closers.add(() => settings.dispose());

  const tasks = createTasks({ log, activity });
  closers.add(() => tasks.dispose());

  const accelerators = createAccelerators({ database, settings, tasks, imagesDirectory, runDirectory, ...search });
  closers.add(() => accelerators.dispose());

  const probes = createProbes({
    dataDirectory: data.path,
    findQemu: (architecture) => findQemu(architecture, settings.get().qemuPrograms, qemuSearchPath),
    tryAccelerators: (again) => (again ? accelerators.test() : accelerators.list()),
  });
  const hosts = createHosts({ probes, log });
  closers.add(() => hosts.dispose());

  const catalog = createCatalog({ resourcesDirectory, imagesDirectory, log });

  const consoles = createConsoles({
    directory: data.file('consoles'),
    retentionBytes: () => settings.get().consoleRetentionBytes,
    blobPath: (digest) => blobs.path(digest),
    log,
  });
  closers.add(() => consoles.dispose());

  const guests = createGuests({ database, catalog, accelerators, consoles, activity, commands, imagesDirectory, runDirectory, log });
  closers.add(() => guests.dispose());

  const diagnostics = createDiagnostics({
    commands,
    recentLog,
    facts: () => ({
      version,
      build,
      dataDirectory: data.path,
      host: hosts.fingerprint(),
      capabilities: hosts.capabilities(),
      settings: settings.chosen(),
      tasks: tasks.list(),
    }),
  });

  const published = createPublished({
    database,
    resourcesDirectory,
    runOf: (id) => {
      const { run, samples } = measurements.get(id);
      return { run, summary: summariseRun(run, samples, []) };
    },
  });

  const bootTools = { runDirectory, traces: openTraceFiles(data.file('traces')), consoles, commands };
  const instruments = createInstruments({
    ...bootTools,
    database,
    tasks,
    log,
    qemu: () => findQemu('i386', settings.get().qemuPrograms, qemuSearchPath),
    ruler: () => builtinRuler({ catalog, guests, phaseTable: (id) => measurements.phaseTable(id) }),
  });

  const measurements = createMeasurements({
    ...bootTools,
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

  const adopted: string[] = [];
  const system = createSystem({ build, dataDirectory: data.path, adopted, log, endGuests: (how) => guests.endAll(how) });

  return { activity, settings, tasks, published, accelerators, hosts, catalog, guests, consoles, instruments, measurements, diagnostics, adopted, system };
}

/** Binds each part of the contract to its service; the edge around them makes every failure a declared one. */
function createRouter(services: Services, log: Log) {
  const procedures = {
    system: systemProcedures(services.system),
    settings: settingsProcedures(services.settings),
    hosts: hostsProcedures(services.hosts),
    tasks: tasksProcedures(services.tasks),
    accelerators: acceleratorsProcedures(services.accelerators),
    catalog: catalogProcedures(services.catalog),
    guests: guestsProcedures(services.guests),
    consoles: consolesProcedures(services.consoles),
    published: publishedProcedures(services.published),
    instruments: instrumentsProcedures(services.instruments),
    measurements: measurementsProcedures(services.measurements),
    diagnostics: diagnosticsProcedures(services.diagnostics),
  };
  return os.use(declareFailures(log)).router(procedures as unknown as Parameters<typeof os.router>[0]);
}

function createClosers(): Closers {
  const closers: (() => void | Promise<void>)[] = [];
  return {
    add: (close) => void closers.push(close),
    closeAll: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}
