import { z } from 'zod';
import type { QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { overhead, type Instrument as InstrumentCard, type InstrumentName, type Overhead } from '../../contract/instruments.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { serialSocket } from '../../host/instruments/serialSocket.ts';
import { serialTrace } from '../../host/instruments/serialTrace.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { calibrationOrder, measureOverheads, type CalibrationTools } from './calibrate.ts';

export interface InstrumentsDependencies extends CalibrationTools {
  readonly database: Database;
  readonly tasks: Pick<TasksService, 'run'>;
  /** The QEMU that boots the built-in guest; throws the QEMU_ errors. */
  readonly qemu: () => Promise<QemuBuild>;
  readonly log: Log;
}

export interface InstrumentsService {
  list(): Promise<InstrumentCard[]>;
  /** Boots the built-in guest with and without each instrument, as a task; resolves when it is done. */
  calibrate(boots: number): Promise<InstrumentCard[]>;
  get(name: InstrumentName): Instrument;
  /** The wanted instrument, or the best one that works with this QEMU. Throws INSTRUMENT_UNAVAILABLE. */
  choose(wanted: InstrumentName | undefined, qemu: QemuBuild, architecture: Architecture, traceEvents?: string | null): Promise<Instrument>;
  /** Remembers what somebody else measured on the built-in guest. */
  keepOverhead(name: InstrumentName, qemu: QemuBuild, overhead: Overhead): void;
  /** As it was measured with this QEMU, null when it was not. */
  overheadOf(name: InstrumentName, qemu: QemuBuild): Overhead | null;
}

/** The best first. */
const all: readonly Instrument[] = [serialTrace, serialSocket];

const kept = z.object({ qemu: z.string(), instrument: z.string(), overhead });

export function createInstruments(dependencies: InstrumentsDependencies): InstrumentsService {
  const { database, tasks, log, qemu } = dependencies;
  const store = openCollection(database, 'overheads', kept);
  const key = (name: InstrumentName, build: QemuBuild): string => `${name} ${build.id}`;
  const overheadOf = (name: InstrumentName, build: QemuBuild): Overhead | null => store.get(key(name, build))?.overhead ?? null;
  const keep = (name: InstrumentName, build: QemuBuild, value: Overhead): void => store.put(key(name, build), { qemu: build.id, instrument: name, overhead: value });
  const get = (name: InstrumentName): Instrument => (name === 'serialTrace' ? serialTrace : serialSocket);

  const probe = async (instrument: Instrument): Promise<InstrumentCard> => {
    const { name, title, provenance } = instrument;
    try {
      const build = await qemu();
      return { name, title, provenance, ...(await instrument.probe(build, 'i386')), overhead: overheadOf(name, build) };
    } catch (error) {
      const failure = toFailure(error, 'instruments', log);
      const reason = failure.code === 'QEMU_MISSING' ? 'QEMU is not installed' : `QEMU cannot be used (${failure.code})`;
      return { name, title, provenance, available: false, reason, overhead: null };
    }
  };
  const list = (): Promise<InstrumentCard[]> => Promise.all(all.map(probe));

  return {
    list,
    get,
    overheadOf,
    keepOverhead: keep,
    async choose(wanted, build, architecture, traceEvents) {
      const candidates = wanted === undefined ? all : [get(wanted)];
      let reason = '';
      for (const instrument of candidates) {
        const probed = await instrument.probe(build, architecture, traceEvents);
        if (probed.available) return instrument;
        reason = probed.reason;
      }
      throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: wanted ?? 'any', reason });
    },
    async calibrate(boots) {
      const build = await qemu();
      const usable = (await list()).filter(({ available }) => available).map(({ name }) => get(name));
      const planned = calibrationOrder(usable, boots).length;
      const task = tasks.run({ title: `Calibrate the instruments with ${boots} boots each`, route: '/settings', unit: 'boots', planned }, async ({ signal, report }) => {
        report({ phase: 'waiting for another measurement' });
        const endTurn = await dependencies.turns.take(signal);
        try {
          return await measureOverheads(usable, boots, dependencies, { signal, report });
        } finally {
          endTurn();
        }
      });
      const measured = await task.result;
      for (const [name, value] of measured) keep(name, build, value);
      return list();
    },
  };
}
