import { explain, type Failure } from '../../contract/errors.ts';
import type { CalibratedInstrument } from '../../contract/calibrations.ts';
import type { EventPlan, PhaseStamp, PhaseTable, Subject } from '../../contract/measurements.ts';
import type { CalibrationState, MetricName, SampleMetrics } from '../../contract/metrics.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import type { BootToWatch, EventInstrument, GuestToWatch } from '../../core/instruments/eventInstrument.ts';
import type { SeenBeside } from '../../core/instruments/seenBeside.ts';
import { guestSystem } from '../../core/measurements/guestSystem.ts';
import { switchPlace, type SwitchPlace } from '../../core/measurements/switchOutlook.ts';
import type { WindowMarks } from '../../core/measurements/timeMarks.ts';
import { movingKernelBegin } from '../../core/symbols/movingKernel.ts';
import type { SymbolTable } from '../../core/symbols/symbolTable.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { SeenEvents, WantedEvents } from '../instruments/eventWatch.ts';
import { symbolsOf } from './kernelSymbols.ts';
import { readEvents, type WatchedBoot } from './readEvents.ts';

export interface EventTools {
  readonly get: (name: EventPlan['instrument']) => EventInstrument;
  readonly decoder: (id: string) => CallDecoder | null;
  readonly blobs: Pick<Blobs, 'putFile'>;
  readonly calibration: {
    /** The newest one that is done, null when there was none. */
    readonly id: () => string | null;
    readonly state: (instrument: CalibratedInstrument, guest: GuestToWatch, metric: MetricName) => CalibrationState;
    /** What the instrument costs such a guest, as a ratio; null when it was not measured. */
    readonly overhead: (instrument: EventPlan['instrument'], guest: GuestToWatch, plan: EventPlan) => number | null;
  };
}

export interface EventsOfBoot {
  readonly wanted: WantedEvents;
  /** Called for each phase when it was seen: the events of a boot are counted up to its last one. */
  readonly onPhase: (stamp: PhaseStamp) => void;
  /** After the boot; null when it was cancelled before anything was read. */
  metrics(): SampleMetrics | null;
  /** Of a symbol's time, where the instrument measured it in this boot. */
  symbolResolutionNs(): number | null;
  /** What was timed and counted beside the trace; null when nothing was read. */
  marks(): WindowMarks | null;
}

export interface BootWithEvents {
  readonly subject: Subject;
  readonly table: PhaseTable;
  readonly plan: EventPlan;
  readonly resolved: ResolvedGuest;
  /** How much the plan's load does, where that is known. */
  readonly work: SeenBeside['work'];
  /** Whether its trace is kept as evidence. */
  readonly saved: boolean;
  readonly toFailure: (error: unknown) => Failure;
}

/** The guest as instruments want to know it. */
export function guestToWatch({ guest, qemu, accelerator }: Pick<Subject, 'guest' | 'qemu' | 'accelerator'>, table: Pick<PhaseTable, 'id'>): GuestToWatch {
  return { qemu, architecture: guest.architecture, accelerator, cpus: guest.machine.cpus, system: guestSystem(table, guest.architecture).decoder ?? table.id };
}

/** Arms the plan's event instrument for one boot, and reads what it saw into the metrics of the boot's sample. */
export function eventsOfBoot(boot: BootWithEvents, tools: EventTools): EventsOfBoot {
  const { table, plan } = boot;
  const instrument = tools.get(plan.instrument);
  const phasesNs = new Map<string, number>();
  let watched: WatchedBoot | null = null;
  let metrics: SampleMetrics | null = null;
  let marks: WindowMarks | null = null;
  let resolutionNs: number | null = null;
  return {
    onPhase(stamp) {
      if (stamp.status === 'seen') phasesNs.set(stamp.name, stamp.atNs);
    },
    wanted: {
      plan,
      prompt: table.prompt === null ? null : new RegExp(table.prompt),
      login: table.login === undefined ? null : { prompt: new RegExp(table.login.prompt), answer: table.login.answer },
      async arm({ roomBytes, ...files }) {
        const { toWatch, ...known } = await lookAt(boot, instrument);
        watched = { ...known, phasesNs };
        return instrument.arm({ ...toWatch, ...files, plan: { ...plan, traceLimitBytes: Math.min(plan.traceLimitBytes, roomBytes) } });
      },
      async collect(seen) {
        if (watched === null) return;
        metrics = await readEvents(seen, watched, tools);
        resolutionNs = seen.armed.resolutionNs?.() ?? null;
        marks = marksOf(seen, metrics, boot.work);
      },
    },
    metrics: () => metrics,
    symbolResolutionNs: () => resolutionNs,
    marks: () => marks,
  };
}

type KnownBefore = Omit<WatchedBoot, 'phasesNs'> & { readonly toWatch: Omit<BootToWatch, 'plan' | 'directory' | 'tracePath'> };

/** All that is known of a boot before it: its kernel's symbols, and what the instrument makes of such a guest. */
async function lookAt(boot: BootWithEvents, instrument: EventInstrument): Promise<KnownBefore> {
  const { subject, table, plan, resolved } = boot;
  const guest = guestToWatch(subject, table);
  const system = guestSystem(table, guest.architecture);
  const symbols = await symbolsOf(resolved, plan);
  const switches = switchPlace(system, symbols.table, symbols.missing === null ? null : explain(symbols.missing.failure).what);
  const kernelArguments = `${subject.guest.boot.arguments} ${subject.extraArguments}`;
  const kernelBegin = symbols.table === null ? null : movingKernelBegin(symbols.table, guest.architecture, kernelArguments);
  return {
    boot, guest, system, symbols, switches,
    moves: kernelBegin !== null,
    outlook: (await instrument.probe(guest)).metrics,
    toWatch: { ...guest, symbols: symbolsToStamp(symbols.table, table, plan, switches), faultHandler: null, ...(kernelBegin !== null && { kernelBegin }) },
  };
}

/** The instruments of a run: each looks at a guest once, and not again for each boot. */
export function probedOnce(tools: EventTools): EventTools {
  const answers = new Map<string, ReturnType<EventInstrument['probe']>>();
  const probe = (instrument: EventInstrument, guest: GuestToWatch): ReturnType<EventInstrument['probe']> => {
    const key = `${instrument.name} ${JSON.stringify(guest)}`;
    const answer = answers.get(key) ?? instrument.probe(guest);
    answers.set(key, answer);
    return answer;
  };
  return { ...tools, get: (name) => ({ ...tools.get(name), probe: (guest) => probe(tools.get(name), guest) }) };
}

/** Numbers as they were read, before anything was computed from them. */
function marksOf({ window: passed }: SeenEvents, { window }: SampleMetrics, work: BootWithEvents['work']): WindowMarks {
  const { fromNs, toNs, fromInstructions: from, toInstructions: to } = window;
  const counted = from === null || to === null ? null : { from, to };
  return { window: passed === null ? null : { fromNs, toNs }, counted, loadNs: passed?.loadNs ?? null, work: passed?.loadNs == null ? null : work, disks: passed?.disks ?? null, network: passed?.network ?? null };
}

/** The first hit of each phase's symbol, and every hit of the one at which threads are switched, where that is asked for. */
function symbolsToStamp(symbols: SymbolTable | null, { phases }: PhaseTable, { metrics }: EventPlan, switches: SwitchPlace): BootToWatch['symbols'] {
  const first = phases.flatMap(({ symbol: name = '' }) => {
    const symbol = symbols?.byName.get(name);
    return symbol === undefined ? [] : [{ name, address: symbol.address, every: false }];
  });
  if ('missing' in switches || !metrics.includes('contextSwitches')) return first;
  return [...first, { name: switches.symbol, address: switches.address, every: true }];
}
