import { join } from 'node:path';
import type { PhaseTable } from '../../contract/measurements.ts';
import { eventLog } from '../../host/instruments/eventLog/eventLog.ts';
import { gdbstub } from '../../host/instruments/gdbstub/gdbstub.ts';
import { createPluginInstrument } from '../../host/instruments/plugin/plugin.ts';
import { serialSocket } from '../../host/instruments/serialSocket.ts';
import { serialTrace } from '../../host/instruments/serialTrace.ts';
import { openTraceFiles } from '../../host/instruments/traceFiles.ts';
import { openTraceShelf } from '../../host/storage/traceShelf.ts';
import { createCalibrations } from '../calibrations/calibrations.ts';
import { readCallDecoders } from '../calls/callNames.ts';
import { createEventInstruments } from '../instruments/eventInstruments.ts';
import { createInstruments } from '../instruments/instruments.ts';
import { builtinRuler } from '../instruments/ruler.ts';
import { createTurns } from '../instruments/turns.ts';
import { describeShortly } from '../log.ts';
import type { Ground } from './ground.ts';
import type { MachineRoom } from './machines.ts';
import type { Site } from './site.ts';

/** What boots are watched with, and what is known of how well it sees. Phase tables stand to the right, with measurements. */
export function createBench({ options, data, log, open }: Site, ground: Ground, { consoles, disks, guests, places }: MachineRoom, phaseTable: (id: string) => PhaseTable) {
  const { resourcesDirectory, runDirectory } = options;
  const { commands, settings, tasks, accelerators, hosts, catalog, qemuFor } = ground;
  const { database, blobs } = data;
  const shelf = openTraceShelf({
    blobs,
    directory: data.file('kept-traces'),
    limitBytes: () => settings.get().traceRetentionBytes,
    onLetGo: (trace, bytes) => log({ level: 'info', noun: 'measurements', message: 'a trace was let go for newer ones', details: { trace, bytes } }),
  });
  const bootTools = { runDirectory, places, traces: openTraceFiles(data.file('traces')), consoles, commands, turns: createTurns(() => accelerators.settled()), disks };
  const rulers = { catalog, guests, phaseTable };

  const instruments = createInstruments({ ...bootTools, database, tasks, log, qemu: () => qemuFor('i386'), ruler: () => builtinRuler(rulers) });
  const eventInstruments = createEventInstruments([
    createPluginInstrument({ sourceDirectory: join(resourcesDirectory, 'plugin'), cacheDirectory: data.file('plugins') }),
    eventLog,
    gdbstub,
  ]);
  const decoder = readCallDecoders(resourcesDirectory, log);
  const calibrations = open(createCalibrations({
    ...bootTools,
    ...{ database, tasks, instruments, log },
    decoder: decoder('builtin'),
    eventInstruments: eventInstruments.all,
    serialInstruments: [serialTrace, serialSocket],
    ruler: (architecture) => builtinRuler(rulers, architecture === 'arm' ? 'builtin-arm' : 'builtin-i386', architecture),
    fingerprint: () => hosts.fingerprint(),
    describeError: describeShortly,
  }));
  return { bootTools, shelf, instruments, eventInstruments, decoder, calibrations };
}
