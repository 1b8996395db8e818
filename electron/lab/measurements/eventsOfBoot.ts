import { DeclaredError, explain, type Failure } from '../../contract/errors.ts';
import type { EventPlan, PhaseStamp, PhaseTable, Subject } from '../../contract/measurements.ts';
import type { CalibrationState, MetricName, SampleMetrics, TraceEvidence } from '../../contract/metrics.ts';
import { createCallCounter } from '../../core/calls/countCalls.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import type { EventInstrument, GuestToWatch, MetricOutlook } from '../../core/instruments/eventInstrument.ts';
import { minorAndMajorOutlook } from '../../core/memory/faultOutlook.ts';
import { createMemoryReducer } from '../../core/memory/memoryEvents.ts';
import { memoryPicture } from '../../core/memory/memoryPicture.ts';
import { collectMetrics, countEvents, unavailable } from '../../core/measurements/collectMetrics.ts';
import { cutFailure, findCut, outlookAfterCut } from '../../core/measurements/cutTrace.ts';
import { guestSystem, type GuestSystem } from '../../core/measurements/guestSystem.ts';
import { otherReadings, unfinishedLoad, type SeenBeside } from '../../core/measurements/otherReadings.ts';
import type { WindowMarks } from '../../core/measurements/timeMarks.ts';
import { profileTree } from '../../core/measurements/profileTree.ts';
import { endOfSpawnWindow, outlookOfEnd } from '../../core/measurements/spawnWindow.ts';
import type { SymbolTable } from '../../core/symbols/symbolTable.ts';
import { reduceEvents } from '../../core/traces/eventReducer.ts';
import { untilEnd } from '../../core/traces/exactWindow.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { PassedWindow } from '../instruments/eventWindow.ts';
import type { SeenEvents, WantedEvents } from '../instruments/eventWatch.ts';
import { symbolsOf, wantsSymbols, type KnownSymbols } from './kernelSymbols.ts';

export interface EventTools {
  readonly get: (name: EventPlan['instrument']) => EventInstrument;
  readonly decoder: (id: string) => CallDecoder | null;
  readonly blobs: Pick<Blobs, 'putFile'>;
  readonly calibration: {
    /** The newest one that is done, null when there was none. */
    readonly id: () => string | null;
    readonly state: (instrument: EventPlan['instrument'], guest: GuestToWatch, metric: MetricName) => CalibrationState;
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
  const { subject, table, plan, resolved } = boot;
  const instrument = tools.get(plan.instrument);
  const guest = guestToWatch(subject, table);
  const system = guestSystem(table, subject.guest.architecture);
  let symbols: KnownSymbols = { table: null, missing: null };
  let outlook: readonly MetricOutlook[] = [];
  let metrics: SampleMetrics | null = null;
  let marks: WindowMarks | null = null;
  const phasesNs = new Map<string, number>();
  return {
    onPhase(stamp) {
      if (stamp.status === 'seen') phasesNs.set(stamp.name, stamp.atNs);
    },
    wanted: {
      plan,
      prompt: table.prompt === null ? null : new RegExp(table.prompt),
      login: table.login === undefined ? null : { prompt: new RegExp(table.login.prompt), answer: table.login.answer },
      async arm({ roomBytes, ...files }) {
        outlook = (await instrument.probe(guest)).metrics;
        symbols = await symbolsOf(resolved, plan);
        const fitting = { ...plan, traceLimitBytes: Math.min(plan.traceLimitBytes, roomBytes) };
        return instrument.arm({ ...guest, ...files, plan: fitting, symbols: symbolsToStamp(symbols.table, table, system), faultHandler: null });
      },
      async collect(seen) {
        metrics = await read(seen, { boot, guest, system, symbols, outlook, phasesNs }, tools);
        marks = marksOf(seen, metrics, boot.work);
      },
    },
    metrics: () => metrics,
    marks: () => marks,
  };
}

/** Numbers as they were read, before anything was computed from them. */
function marksOf({ window: passed }: SeenEvents, { window }: SampleMetrics, work: BootWithEvents['work']): WindowMarks {
  const { fromNs, toNs, fromInstructions: from, toInstructions: to } = window;
  const counted = from === null || to === null ? null : { from, to };
  return { window: passed === null ? null : { fromNs, toNs }, counted, loadNs: passed?.loadNs ?? null, work: passed?.loadNs == null ? null : work, disks: passed?.disks ?? null };
}

/** The switch symbol where the kernel's symbols have it: where nobody looked at it, none were counted. */
function knownSwitch({ switchSymbol }: GuestSystem, symbols: SymbolTable | null): string | null {
  return switchSymbol !== null && symbols?.byName.has(switchSymbol) === true ? switchSymbol : null;
}

function symbolsToStamp(symbols: SymbolTable | null, { phases }: PhaseTable, { switchSymbol }: GuestSystem) {
  if (symbols === null) return [];
  const first = phases.flatMap(({ symbol }) => (symbol === undefined ? [] : [{ name: symbol, every: false }]));
  const every = switchSymbol === null ? [] : [{ name: switchSymbol, every: true }];
  return [...first, ...every].flatMap((wanted) => {
    const symbol = symbols.byName.get(wanted.name);
    return symbol === undefined ? [] : [{ ...wanted, address: symbol.address }];
  });
}

interface Reading {
  readonly boot: BootWithEvents;
  readonly guest: GuestToWatch;
  readonly system: GuestSystem;
  readonly symbols: KnownSymbols;
  readonly outlook: readonly MetricOutlook[];
  /** When each phase was seen on the serial line. */
  readonly phasesNs: ReadonlyMap<string, number>;
}

async function read({ armed, window, traceBytes, error }: SeenEvents, { boot, guest, system, symbols: { table: symbols, missing }, outlook, phasesNs }: Reading, tools: EventTools): Promise<SampleMetrics> {
  const { plan, table, saved, toFailure } = boot;
  const { calibration } = tools;
  const failures = error === null ? [] : [toFailure(error)];
  if (missing !== null && wantsSymbols(plan, table)) failures.push(missing.failure);
  const rest = { failures, calibration: calibration.id() };
  if (window === null) return { ...nothingSeen(plan, error === null ? 'the boot did not come to the window in which events are counted' : explain(toFailure(error)).what), ...rest };
  const counts = countEvents(knownSwitch(system, symbols));
  const decoder = system.decoder === null ? null : tools.decoder(system.decoder);
  const calls = decoder === null ? null : createCallCounter({ decoder });
  const profile = profileTree(symbols, plan.profileEvery ?? 1);
  const end = endOfSpawnWindow(plan, table, { isKnown: (symbol) => symbols?.byName.has(symbol) === true, seenNs: (phase) => phasesNs.get(phase) ?? null });
  const part = end === null ? null : untilEnd(armed.events(), end);
  const memoryEvents = createMemoryReducer();
  const cut = findCut();
  const damage = await readWhole(reduceEvents(part?.events ?? armed.events(), [cut, counts, profile, memoryEvents, ...(calls === null ? [] : [calls])]));
  if (damage !== null) failures.push(damage);
  const passed = damage === null ? (part?.passed() ?? null) : null;
  const { fromNs } = window;
  const { totals, toNs } = passed ?? window;
  const memory = memoryPicture(memoryEvents.result(), { totals, fromNs, toNs, model: plan.model, watchesFaults: watchesFaults(plan, outlook), driveBytesRead: driveBytesRead(window, boot.resolved) });
  const named = calls?.result() ?? null;
  const { path, ...evidence } = armed.evidence();
  const cutAt = cut.result();
  if (cutAt !== null) failures.push(cutFailure(cutAt, path));
  const early = evidence.cut ?? (damage === null ? null : 'it is damaged behind that');
  const unfinished = plan.load !== null && window.loadNs === null ? unfinishedLoad(table.prompt) : [];
  const known = [...unfinished, ...minorAndMajorOutlook(withoutSymbols(outlook, missing), memory)];
  const seen = plan.window.from === 'spawn' ? outlookOfEnd(known, passed === null || end === null ? 'host' : end.kind) : known;
  const collected = collectMetrics({
    plan, totals,
    outlook: early === null ? seen : outlookAfterCut(seen, plan.instrument, early),
    counts: counts.result(),
    calls: named === null || named.total === 0 ? null : named,
    memory,
    profile: symbols === null ? null : profile.result(),
    others: otherReadings({ disks: window.disks, loadNs: window.loadNs, work: boot.work }),
    window: { fromNs, toNs, fromInstructions: plan.window.from === 'spawn' ? 0 : (armed.begunAt?.() ?? null) },
    calibration: (metric) => calibration.state(plan.instrument, guest, metric),
    overhead: calibration.overhead(plan.instrument, guest, plan),
  });
  const kept: TraceEvidence = { ...evidence, cut: early, bytes: traceBytes(), digest: saved && traceBytes() > 0 ? await tools.blobs.putFile(path) : null };
  return { ...collected, evidence: [kept], ...rest };
}

/** A trace that is damaged is read up to there. */
async function readWhole(reading: Promise<void>): Promise<Failure | null> {
  try {
    await reading;
    return null;
  } catch (error) {
    if (error instanceof DeclaredError && error.failure.code === 'TRACE_DAMAGED') return error.failure;
    throw error;
  }
}

/** Where a kernel has no symbols, nobody could look at the one at which it switches threads. */
function withoutSymbols(outlook: readonly MetricOutlook[], missing: KnownSymbols['missing']): readonly MetricOutlook[] {
  if (missing === null) return outlook;
  const { what } = explain(missing.failure);
  return outlook.map((one) => (one.metric === 'contextSwitches' && one.certainty !== 'unavailable' ? { ...one, certainty: 'unavailable', resolution: null, reason: what } : one));
}

/** Faults that were wanted of an instrument that sees none are not known, rather than none. */
function watchesFaults({ metrics }: EventPlan, outlook: readonly MetricOutlook[]): boolean {
  const isSeen = outlook.some(({ metric, certainty }) => metric === 'pageFaults' && certainty !== 'unavailable');
  return isSeen && metrics.some((metric) => metric === 'pageFaults' || metric === 'minorPageFaults' || metric === 'majorPageFaults');
}

/** Null where nobody counted, and there is something that could be read from. */
function driveBytesRead({ disks: counts }: PassedWindow, { disks, medium }: ResolvedGuest): number | null {
  if (counts !== null) return counts.after.bytesRead - counts.before.bytesRead;
  return disks.length > 0 || (medium !== null && medium.path !== null) ? null : 0;
}

function nothingSeen(plan: EventPlan, reason: string): Omit<SampleMetrics, 'failures' | 'calibration'> {
  return {
    window: { fromNs: 0, toNs: 0, fromInstructions: null, toInstructions: null },
    logicalTime: plan.logicalTime,
    readings: plan.metrics.map((metric) => unavailable(metric, plan.instrument, reason)),
    symbols: [], calls: null, memory: null, profile: null, evidence: [],
  };
}
