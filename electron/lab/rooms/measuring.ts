import { summariseRun } from '../../core/measurements/summariseRun.ts';
import { createCampaigns } from '../campaigns/campaigns.ts';
import { createHistory } from '../history/history.ts';
import { createMeasurements, type MeasurementsService } from '../measurements/measurements.ts';
import { createPrograms } from '../programs/programs.ts';
import { createPublished } from '../published/published.ts';
import { createReports } from '../reports/reports.ts';
import { createBench } from './bench.ts';
import type { Ground } from './ground.ts';
import type { MachineRoom } from './machines.ts';
import type { Site } from './site.ts';

/** Measurements, what they are judged by, and reports of them. */
export function createMeasuringRoom(site: Site, ground: Ground, machines: MachineRoom) {
  const { options: { resourcesDirectory, version }, data: { database, blobs }, log, open } = site;
  const { settings, tasks, hosts, catalog } = ground;
  const { engines, guests } = machines;
  const fingerprint = () => hosts.fingerprint();
  const bench = createBench(site, ground, machines, (id) => measurements.phaseTable(id));
  const { bootTools, shelf, instruments, eventInstruments, decoder, calibrations } = bench;

  const measurements: MeasurementsService = open(createMeasurements({
    ...bootTools,
    ...{ database, blobs, resourcesDirectory, settings, tasks, guests, instruments, eventInstruments, shelf, fingerprint, log },
    events: { get: (name) => eventInstruments.get(name), decoder, blobs: shelf, calibration: calibrations.asked },
  }));
  const programs = open(createPrograms({ database, blobs: shelf, tasks, traces: bootTools.traces, engines, decoder, fingerprint, log }));
  const campaigns = open(createCampaigns({
    ...{ database, tasks, measurements, settings, log },
    guests: { list: () => guests.list(), entries: () => catalog.list(), createFromCatalog: (entry) => guests.createFromCatalog(entry), loadsOf: (guest) => measurements.loadsOf(guest) },
  }));
  const history = open(createHistory({ database, guests, version, log }));

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
