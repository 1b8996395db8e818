import { DeclaredError, explain, type Failure } from '../../contract/errors.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { CallTable, MemoryPicture, Profile, SampleMetrics, TraceEvidence } from '../../contract/metrics.ts';
import { createCallCounter } from '../../core/calls/countCalls.ts';
import type { ArmedEvents, GuestToWatch, MetricOutlook } from '../../core/instruments/eventInstrument.ts';
import { minorAndMajorOutlook } from '../../core/memory/faultOutlook.ts';
import { createMemoryReducer } from '../../core/memory/memoryEvents.ts';
import { memoryPicture } from '../../core/memory/memoryPicture.ts';
import { collectMetrics, countEvents, unavailable, type EventCounts } from '../../core/measurements/collectMetrics.ts';
import { cutFailure, findCut, outlookAfterCut } from '../../core/measurements/cutTrace.ts';
import type { GuestSystem } from '../../core/measurements/guestSystem.ts';
import { outlookOfNetwork } from '../../core/measurements/networkReadings.ts';
import { otherReadings, unfinishedLoad } from '../../core/measurements/otherReadings.ts';
import { profileTree } from '../../core/measurements/profileTree.ts';
import { endOfSpawnWindow, outlookOfEnd, type SpawnWindowEnd } from '../../core/measurements/spawnWindow.ts';
import { NEVER_MOVED, outlookOfSwitches, type SwitchPlace } from '../../core/measurements/switchOutlook.ts';
import { reduceEvents } from '../../core/traces/eventReducer.ts';
import { untilEnd, type WindowEnd } from '../../core/traces/exactWindow.ts';
import type { TraceTotals } from '../../core/traces/traceEvent.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { PassedWindow } from '../instruments/eventWindow.ts';
import type { SeenEvents } from '../instruments/eventWatch.ts';
import type { BootWithEvents, EventTools } from './eventsOfBoot.ts';
import { wantsSymbols, type KnownSymbols } from './kernelSymbols.ts';

/** A boot, and what was known of it before its events were read. */
export interface WatchedBoot {
  readonly boot: BootWithEvents;
  readonly guest: GuestToWatch;
  readonly system: GuestSystem;
  readonly symbols: KnownSymbols;
  /** Where the kernel goes on with another thread. */
  readonly switches: SwitchPlace;
  /** Whether the kernel chooses its own place at each boot. */
  readonly moves: boolean;
  readonly outlook: readonly MetricOutlook[];
  /** When each phase was seen on the serial line. */
  readonly phasesNs: ReadonlyMap<string, number>;
}

/** Reads what an instrument saw of a boot, once, and makes the metrics of its sample from it. */
export async function readEvents(seen: SeenEvents, watched: WatchedBoot, tools: EventTools): Promise<SampleMetrics> {
  const { boot } = watched;
  const calibration = tools.calibration.id();
  const early = failuresBefore(seen, watched);
  if (seen.window === null) return { ...nothingSeen(boot.plan, whyNothing(seen, boot)), failures: early, calibration };
  const read = await readTrace(seen.armed, watched, tools);
  const evidence = await keepEvidence(seen, read, boot, tools);
  const known = { ...seen, window: seen.window };
  return { ...collect(known, read, evidence, watched, tools), evidence: [evidence], failures: [...early, ...failuresOf(read, seen.armed)], calibration };
}

function failuresBefore({ error }: SeenEvents, { boot: { plan, table, toFailure }, symbols: { missing } }: WatchedBoot): Failure[] {
  const instrument = error === null ? [] : [toFailure(error)];
  return missing !== null && wantsSymbols(plan, table) ? [...instrument, missing.failure] : instrument;
}

function whyNothing({ error }: SeenEvents, { toFailure }: BootWithEvents): string {
  return error === null ? 'the boot did not come to the window in which events are counted' : explain(toFailure(error)).what;
}

function nothingSeen(plan: EventPlan, reason: string): Omit<SampleMetrics, 'failures' | 'calibration'> {
  return {
    window: { fromNs: 0, toNs: 0, fromInstructions: null, toInstructions: null },
    logicalTime: plan.logicalTime,
    readings: plan.metrics.map((metric) => unavailable(metric, plan.instrument, reason)),
    symbols: [], calls: null, memory: null, profile: null, evidence: [],
  };
}

/** What the events of the window come to. */
interface ReadTrace {
  readonly counts: EventCounts;
  readonly memory: ReturnType<ReturnType<typeof createMemoryReducer>['result']>;
  readonly profile: Profile | null;
  /** Null where no decoder knows the system. */
  readonly calls: CallTable | null;
  readonly cut: ReturnType<ReturnType<typeof findCut>['result']>;
  /** What is wrong with the trace; it was read up to there. */
  readonly damage: Failure | null;
  /** Of a window from the spawn, which ends in the guest rather than when the host comes to it; null where that cannot be told. */
  readonly passed: { readonly totals: TraceTotals; readonly toNs: number } | null;
  readonly end: WindowEnd | null;
}

async function readTrace(armed: ArmedEvents, watched: WatchedBoot, { decoder: decoderOf }: Pick<EventTools, 'decoder'>): Promise<ReadTrace> {
  const { boot: { plan }, system, symbols, switches, moves } = watched;
  const decoder = system.decoder === null ? null : decoderOf(system.decoder);
  const calls = decoder === null ? null : createCallCounter({ decoder });
  const [counts, profile] = [countEvents('missing' in switches ? null : switches.symbol, moves), profileTree(symbols.table, plan.profileEvery ?? 1)];
  const [memory, cut] = [createMemoryReducer(), findCut()];
  const end = endOfWindow(watched);
  const part = end === null ? null : untilEnd(armed.events(), end);
  const damage = await readWhole(reduceEvents(part?.events ?? armed.events(), [cut, counts, profile, memory, ...(calls === null ? [] : [calls])]));
  return {
    counts: counts.result(), memory: memory.result(), cut: cut.result(), damage, end,
    profile: symbols.table === null ? null : profile.result(),
    calls: calls?.result() ?? null,
    passed: damage === null ? (part?.passed() ?? null) : null,
  };
}

function endOfWindow({ boot: { plan, table }, symbols, phasesNs }: WatchedBoot): WindowEnd | null {
  return endOfSpawnWindow(plan, table, { isKnown: (symbol) => symbols.table?.byName.has(symbol) === true, seenNs: (phase) => phasesNs.get(phase) ?? null });
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

function failuresOf({ damage, cut }: ReadTrace, armed: ArmedEvents): Failure[] {
  return [...(damage === null ? [] : [damage]), ...(cut === null ? [] : [cutFailure(cut, armed.evidence().path)])];
}

/** The trace is kept before it is removed with the boot. */
async function keepEvidence({ armed, traceBytes }: SeenEvents, { damage }: ReadTrace, { saved }: BootWithEvents, { blobs }: EventTools): Promise<TraceEvidence> {
  const { path, ...evidence } = armed.evidence();
  const bytes = traceBytes();
  return { ...evidence, cut: evidence.cut ?? (damage === null ? null : 'it is damaged behind that'), bytes, digest: saved && bytes > 0 ? await blobs.putFile(path) : null };
}

type SeenWindow = SeenEvents & { readonly window: PassedWindow };

function collect({ armed, window }: SeenWindow, read: ReadTrace, evidence: TraceEvidence, watched: WatchedBoot, { calibration }: EventTools): ReturnType<typeof collectMetrics> {
  const { boot: { plan, work }, guest } = watched;
  const { totals, toNs } = read.passed ?? window;
  const memory = pictureOf(window, read, watched);
  return collectMetrics({
    plan, totals, memory,
    outlook: outlookOf(window, read, memory, evidence.cut, watched),
    counts: read.counts,
    calls: read.calls === null || read.calls.total === 0 ? null : read.calls,
    profile: read.profile,
    others: otherReadings({ disks: window.disks, network: window.network, loadNs: window.loadNs, work, fromSpawn: plan.window.from === 'spawn' }),
    window: { fromNs: window.fromNs, toNs, fromInstructions: plan.window.from === 'spawn' ? 0 : (armed.begunAt?.() ?? null) },
    calibration: (instrument, metric) => calibration.state(instrument, guest, metric),
    overhead: calibration.overhead(plan.instrument, guest, plan),
  });
}

function pictureOf(window: PassedWindow, { memory, passed }: ReadTrace, { boot: { plan, resolved }, outlook }: WatchedBoot): MemoryPicture | null {
  const { totals, toNs } = passed ?? window;
  return memoryPicture(memory, { totals, fromNs: window.fromNs, toNs, model: plan.model, watchesFaults: watchesFaults(plan, outlook), driveBytesRead: driveBytesRead(window, resolved) });
}

/** What the instrument says of each metric, and what this boot adds to that; the first word on a metric counts. */
function outlookOf({ loadNs }: PassedWindow, { counts, passed, end }: ReadTrace, memory: MemoryPicture | null, cut: string | null, { boot: { plan, table, resolved }, outlook, switches }: WatchedBoot): readonly MetricOutlook[] {
  const unfinished = plan.load !== null && loadNs === null ? unfinishedLoad(table.prompt) : [];
  const place: SwitchPlace = counts.contextSwitches === null && !('missing' in switches) ? { missing: NEVER_MOVED } : switches;
  const known = [...unfinished, ...outlookOfNetwork(resolved.network.kind === 'user'), ...minorAndMajorOutlook(outlookOfSwitches(outlook, place), memory)];
  const how: SpawnWindowEnd = passed === null || end === null ? 'host' : end.kind;
  const seen = plan.window.from === 'spawn' ? outlookOfEnd(known, how) : known;
  return cut === null ? seen : outlookAfterCut(seen, plan.instrument, cut);
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
