import { randomInt, randomUUID } from 'node:crypto';
import { calibration as calibrationSchema, type Calibration, type CalibrationEvent, type CalibrationRow } from '../../contract/calibrations.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { HostFingerprint } from '../../contract/hosts.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { CalibrationState, MetricName } from '../../contract/metrics.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { calibrationState } from '../../core/calibrations/calibrationState.ts';
import { calibratedArchitectures, type CalibratedArchitecture } from '../../core/calibrations/experiment.ts';
import { settingOf } from '../../core/calibrations/settings.ts';
import type { GuestToWatch } from '../../core/instruments/eventInstrument.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, type Feed } from '../feed.ts';
import type { InstrumentsService } from '../instruments/instruments.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import type { Ruler } from './calibrationBoot.ts';
import type { CalibrationPlan, CalibrationTools } from './calibrationTools.ts';
import { countBoots, performCalibration } from './performCalibration.ts';

export interface CalibrationsDependencies extends CalibrationTools {
  readonly database: Database;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly fingerprint: () => HostFingerprint;
  /** The cards of the instruments show what was measured last, whoever measured it. */
  readonly instruments: Pick<InstrumentsService, 'keepOverhead'>;
}

export interface StartCalibration {
  readonly architectures?: readonly Architecture[] | undefined;
  readonly instruments?: readonly InstrumentName[] | undefined;
  readonly seed?: number | undefined;
  readonly boots: number;
  readonly overheads: boolean;
}

export interface CalibrationsService {
  /** Begins a calibration as a task. Throws INPUT_INVALID for an architecture without a built-in guest, and the QEMU_ errors. */
  start(input: StartCalibration): Promise<Calibration>;
  /** Resolves when nothing of it runs any more; the rows so far are kept. */
  cancel(id: string): Promise<Calibration>;
  /** The newest first. */
  list(): Calibration[];
  /** Throws NOT_FOUND. */
  get(id: string): Calibration;
  watch(id: string, signal?: AbortSignal): AsyncGenerator<CalibrationEvent>;
  /** What measurements ask, of the newest calibration that speaks of such a guest on this host. */
  readonly asked: {
    /** The newest one that is done, null when there was none. */
    id(): string | null;
    state(instrument: InstrumentName, guest: GuestToWatch, metric: MetricName): CalibrationState;
    /** What the instrument costs such a guest, as a ratio; null when it was not measured. */
    overhead(instrument: InstrumentName, guest: GuestToWatch, plan: EventPlan): number | null;
  };
  dispose(): Promise<void>;
}

/** A calibration that is being carried out. */
interface Active {
  calibration: Calibration;
  readonly feed: Feed<CalibrationEvent>;
  task: string;
  ended: Promise<unknown>;
}

export function createCalibrations(dependencies: CalibrationsDependencies): CalibrationsService {
  const { database, tasks } = dependencies;
  const store = openCollection(database, 'calibrations', calibrationSchema);
  const active = new Map<string, Active>();
  const closing = new AbortController();

  let finished: Calibration[] | null = null;
  const done = (): Calibration[] => (finished ??= store.all().filter(({ state }) => state === 'done').reverse());
  const get = (id: string): Calibration => {
    const found = active.get(id)?.calibration ?? store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'calibration', id });
    return found;
  };
  const end = (work: Active, state: Calibration['state']): void => {
    work.calibration = { ...work.calibration, state, endedAt: new Date().toISOString() };
    store.put(work.calibration.id, work.calibration);
    active.delete(work.calibration.id);
    finished = null;
    work.feed.publish({ type: 'ended', calibration: work.calibration });
    work.feed.close();
  };
  const carryOut = async (work: Active, plan: CalibrationPlan, task: RunningTask): Promise<void> => {
    const signal = AbortSignal.any([task.signal, closing.signal]);
    try {
      task.report({ phase: 'waiting for another measurement' });
      const endTurn = await dependencies.turns.take(signal);
      try {
        await performCalibration(plan, reporterOf(work), dependencies, { signal, report: (progress) => task.report(progress) });
      } finally {
        endTurn();
      }
      end(work, 'done');
      keepOverheads(work.calibration, plan, dependencies.instruments);
    } catch (error) {
      end(work, signal.aborted ? 'cancelled' : 'failed');
      throw error;
    }
  };
  const thing = (instrument: InstrumentName, { architecture, qemu }: GuestToWatch) => ({ instrument, architecture, hostId: dependencies.fingerprint().id, qemuId: qemu.id });
  for (const left of store.all()) if (left.state === 'running') store.put(left.id, { ...left, state: 'cancelled', endedAt: new Date().toISOString() });

  return {
    get,
    list: () => store.all().map(({ id }) => get(id)).reverse(),
    async start({ architectures, instruments, seed = randomInt(2 ** 31), boots, overheads }) {
      const rulers = await rulersOf(architectures, dependencies.ruler);
      const known = [...dependencies.eventInstruments, ...dependencies.serialInstruments].map(({ name }) => name);
      const foreign = instruments?.filter((name) => !known.includes(name)) ?? [];
      if (foreign.length > 0) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'instruments', message: `${foreign.join(', ')}: it does not watch guests of QEMU, and no built-in guest knows its truth` }] });
      const plan: CalibrationPlan = { seed, boots, overheads, rulers, instruments: instruments ?? known };
      const calibration: Calibration = {
        id: randomUUID(), startedAt: new Date().toISOString(), endedAt: null, state: 'running', seed, host: dependencies.fingerprint(),
        qemu: [...rulers.values()].map(({ resolved }) => resolved.program), rows: [], overheads: [],
      };
      store.put(calibration.id, calibration);
      const work: Active = { calibration, feed: createFeed<CalibrationEvent>(), task: '', ended: Promise.resolve() };
      active.set(calibration.id, work);
      const { id, result } = tasks.run({ title: 'Calibrate the instruments', route: '/settings', unit: 'boots', planned: countBoots(plan) }, (task) => carryOut(work, plan, task));
      work.task = id;
      work.ended = result.catch(() => undefined);
      return calibration;
    },
    async cancel(id) {
      const work = active.get(id);
      if (work !== undefined) {
        tasks.cancel(work.task);
        await work.ended;
      }
      return get(id);
    },
    watch(id, signal) {
      const snapshot: CalibrationEvent = { type: 'snapshot', calibration: get(id) };
      const work = active.get(id);
      if (work !== undefined) return work.feed.subscribe(signal, snapshot);
      const ended = createFeed<CalibrationEvent>();
      const events = ended.subscribe(signal, snapshot);
      ended.close();
      return events;
    },
    asked: {
      id: () => done()[0]?.id ?? null,
      // What was calibrated is an instrument on a translated guest.
      state: (instrument, guest, metric) => (guest.accelerator === 'tcg' ? calibrationState(done(), thing(instrument, guest), metric) : 'never'),
      overhead(instrument, guest, plan) {
        if (guest.accelerator !== 'tcg') return null;
        const wanted = thing(instrument, guest);
        const costs = done().filter(({ host, qemu }) => host.id === wanted.hostId && qemu.some(({ id }) => id === wanted.qemuId)).flatMap(({ overheads }) => overheads);
        return costs.find((cost) => cost.instrument === instrument && cost.architecture === guest.architecture && cost.setting === settingOf(plan))?.ratio ?? null;
      },
    },
    async dispose() {
      closing.abort(new Error('the lab ends'));
      await Promise.all([...active.values()].map(({ ended }) => ended));
    },
  };
}

/** Cards are of the built-in PC guest, as they always were. */
function keepOverheads({ overheads }: Calibration, { rulers }: CalibrationPlan, instruments: CalibrationsDependencies['instruments']): void {
  const build = rulers.get('i386')?.resolved.program;
  if (build === undefined) return;
  for (const { architecture, instrument, setting, ...cost } of overheads) if (architecture === 'i386' && setting === 'stamps') instruments.keepOverhead(instrument, build, cost);
}

function reporterOf(work: Active) {
  return {
    onRows(rows: readonly CalibrationRow[]): void {
      work.calibration = { ...work.calibration, rows: [...work.calibration.rows, ...rows] };
      for (const row of rows) work.feed.publish({ type: 'row', row });
    },
    onOverheads(overheads: Calibration['overheads']): void {
      work.calibration = { ...work.calibration, overheads: [...work.calibration.overheads, ...overheads] };
    },
  };
}

/** The built-in guests that can be booted here. Without a wish, an architecture without QEMU is left out; with one it is refused. */
async function rulersOf(wanted: readonly Architecture[] | undefined, ruler: CalibrationTools['ruler']): Promise<Map<CalibratedArchitecture, Ruler>> {
  const rulers = new Map<CalibratedArchitecture, Ruler>();
  for (const architecture of wanted ?? calibratedArchitectures) {
    const known = calibratedArchitectures.find((name) => name === architecture);
    if (known === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'architectures', message: `there is no built-in guest for ${architecture}` }] });
    try {
      rulers.set(known, await ruler(known));
    } catch (error) {
      const isMissing = error instanceof DeclaredError && error.failure.code === 'QEMU_MISSING';
      if (wanted !== undefined || !isMissing) throw error;
    }
  }
  return rulers;
}
