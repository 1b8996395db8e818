import { randomInt, randomUUID } from 'node:crypto';
import { calibration as calibrationSchema, type CalibratedInstrument, type Calibration, type CalibrationEvent, type CalibrationRow } from '../../contract/calibrations.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { HostFingerprint } from '../../contract/hosts.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { CalibrationState, MetricName } from '../../contract/metrics.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { calibrationState } from '../../core/calibrations/calibrationState.ts';
import { calibratedArchitectures, type CalibratedArchitecture } from '../../core/calibrations/experiment.ts';
import { settingOf } from '../../core/calibrations/settings.ts';
import type { GuestToWatch } from '../../core/instruments/eventInstrument.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { found } from '../found.ts';
import { toFailure } from '../implementer.ts';
import type { InstrumentsService } from '../instruments/instruments.ts';
import type { Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createWorks, type Work } from '../tasks/works.ts';
import type { Ruler } from './calibrationBoot.ts';
import type { CalibrationPlan, CalibrationTools } from './calibrationTools.ts';
import { countBoots, performCalibration } from './performCalibration.ts';

export interface CalibrationsDependencies extends CalibrationTools {
  readonly database: Database;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly fingerprint: () => HostFingerprint;
  /** The cards of the instruments show what was measured last, whoever measured it. */
  readonly instruments: Pick<InstrumentsService, 'keepOverhead'>;
  readonly log: Log;
}

export interface StartCalibration {
  readonly architectures?: readonly Architecture[] | undefined;
  readonly instruments?: readonly CalibratedInstrument[] | undefined;
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
    state(instrument: CalibratedInstrument, guest: GuestToWatch, metric: MetricName): CalibrationState;
    /** What the instrument costs such a guest, as a ratio; null when it was not measured. */
    overhead(instrument: CalibratedInstrument, guest: GuestToWatch, plan: EventPlan): number | null;
  };
  dispose(): Promise<void>;
}

type CalibrationWork = Work<Calibration, CalibrationEvent>;

export function createCalibrations(dependencies: CalibrationsDependencies): CalibrationsService {
  const { database, tasks, log } = dependencies;
  const store = openCollection(database, 'calibrations', calibrationSchema);
  let finished: Calibration[] | null = null;
  const done = (): Calibration[] => (finished ??= store.all().filter(({ state }) => state === 'done').reverse());
  const works = createWorks<Calibration, CalibrationEvent>({
    ...{ noun: 'calibration', tasks, log },
    keep(calibration) {
      store.put(calibration.id, calibration);
      finished = null;
    },
    // A calibration cannot be resumed: the numbers of its guests were drawn once.
    end: (calibration, end) => ({
      ...calibration,
      state: end.how === 'interrupted' ? 'cancelled' : end.how,
      failure: end.how === 'failed' ? toFailure(end.error, `calibration ${calibration.id}`, log) : null,
      endedAt: new Date().toISOString(),
    }),
    ended: (calibration) => ({ type: 'ended', calibration }),
  });
  const get = (id: string): Calibration => works.newer(id) ?? found('calibration', id, store.get(id));
  const carryOut = async (work: CalibrationWork, plan: CalibrationPlan): Promise<void> => {
    work.report({ phase: 'waiting for another measurement' });
    const endTurn = await dependencies.turns.take(work.signal);
    try {
      await performCalibration(plan, reporterOf(work), dependencies, work);
    } finally {
      endTurn();
    }
    keepOverheads(work.thing(), plan, dependencies.instruments);
  };
  const thing = (instrument: CalibratedInstrument, { architecture, qemu }: GuestToWatch) => ({ instrument, architecture, hostId: dependencies.fingerprint().id, qemuId: qemu.id });
  works.recover(store.all().filter(({ state }) => state === 'running'));

  return {
    get,
    list: () => store.all().map(works.latest).reverse(),
    async start({ architectures, instruments, seed = randomInt(2 ** 31), boots, overheads }) {
      const rulers = await rulersOf(architectures, dependencies.ruler);
      const known: CalibratedInstrument[] = [...[...dependencies.eventInstruments, ...dependencies.serialInstruments].map(({ name }) => name), 'qmp', 'console'];
      const foreign = instruments?.filter((name) => !known.includes(name)) ?? [];
      if (foreign.length > 0) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'instruments', message: `${foreign.join(', ')}: it does not watch guests of QEMU, and no built-in guest knows its truth` }] });
      const plan: CalibrationPlan = { seed, boots, overheads, rulers, instruments: instruments ?? known };
      const calibration: Calibration = {
        id: randomUUID(), startedAt: new Date().toISOString(), endedAt: null, state: 'running', failure: null, seed, host: dependencies.fingerprint(),
        qemu: [...rulers.values()].map(({ resolved }) => resolved.program), rows: [], overheads: [],
      };
      return works.begin(calibration, { title: 'Calibrate the instruments', route: '/calibration', unit: 'boots', planned: countBoots(plan) }, (work) => carryOut(work, plan));
    },
    async cancel(id) {
      await works.cancel(id);
      return get(id);
    },
    watch: (id, signal) => works.watch(id, signal, [{ type: 'snapshot', calibration: get(id) }]),
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
    dispose: () => works.dispose(),
  };
}

/** Cards are of the built-in PC guest, as they always were. */
function keepOverheads({ overheads }: Calibration, { rulers }: CalibrationPlan, instruments: CalibrationsDependencies['instruments']): void {
  const build = rulers.get('i386')?.resolved.program;
  if (build === undefined) return;
  for (const { architecture, instrument, setting, ...cost } of overheads) if (architecture === 'i386' && setting === 'stamps') instruments.keepOverhead(instrument, build, cost);
}

function reporterOf(work: CalibrationWork) {
  return {
    onRows(rows: readonly CalibrationRow[]): void {
      const calibration = work.thing();
      work.change({ ...calibration, rows: [...calibration.rows, ...rows] });
      for (const row of rows) work.publish({ type: 'row', row });
    },
    onOverheads(overheads: Calibration['overheads']): void {
      const calibration = work.thing();
      work.change({ ...calibration, overheads: [...calibration.overheads, ...overheads] });
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
