import type { Context, Router } from '@orpc/server';
import type { contract } from '../contract/contract.ts';
import { openDataDirectory } from '../host/storage/dataDirectory.ts';
import { purgeTrash } from '../host/storage/trash.ts';
import { acceleratorsProcedures } from './accelerators/procedures.ts';
import { calibrationsProcedures } from './calibrations/procedures.ts';
import { campaignsProcedures } from './campaigns/procedures.ts';
import { catalogProcedures } from './catalog/procedures.ts';
import { consolesProcedures } from './consoles/procedures.ts';
import { disksProcedures } from './disks/procedures.ts';
import { containersProcedures } from './containers/procedures.ts';
import { rememberLog } from './diagnostics/diagnostics.ts';
import { diagnosticsProcedures } from './diagnostics/procedures.ts';
import { guestsProcedures } from './guests/procedures.ts';
import { historyProcedures } from './history/procedures.ts';
import { hostsProcedures } from './hosts/procedures.ts';
import { declareFailures, os } from './implementer.ts';
import { installationsProcedures } from './installations/procedures.ts';
import { instrumentsProcedures } from './instruments/procedures.ts';
import type { Log } from './log.ts';
import { measurementsProcedures } from './measurements/procedures.ts';
import { programsProcedures } from './programs/procedures.ts';
import { publishedProcedures } from './published/procedures.ts';
import { reportsProcedures } from './reports/procedures.ts';
import { snapshotsProcedures } from './snapshots/procedures.ts';
import { settingsProcedures } from './settings/procedures.ts';
import { systemProcedures } from './system/procedures.ts';
import { tasksProcedures } from './tasks/procedures.ts';
import { createGround } from './rooms/ground.ts';
import { createMachineRoom } from './rooms/machines.ts';
import { createMeasuringRoom } from './rooms/measuring.ts';
import { createOffice } from './rooms/office.ts';
import { createClosers, type LabOptions, type Site } from './rooms/site.ts';

export type { LabOptions } from './rooms/site.ts';

/** The whole contract, implemented. */
export type LabRouter = Router<typeof contract, Context>;

export type Lab = Awaited<ReturnType<typeof createLab>>;

/**
 * The only composition root: opens the data, makes each noun's service, and gives them to each other, room by room (see `rooms/`).
 * Throws what opening the data directory throws; nothing is then left open.
 */
export async function createLab(options: LabOptions) {
  const closers = createClosers();
  const recentLog = rememberLog(options.log);
  try {
    const data = closers.open(openDataDirectory(options.dataDirectory));
    purgeTrash(data, new Date());
    const services = createServices({ options, data, recentLog, log: recentLog.log, open: closers.open });
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
