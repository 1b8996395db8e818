import type { Failure } from '../../contract/errors.ts';
import type { EventPlan, PhaseTable, Subject } from '../../contract/measurements.ts';
import type { CalibrationState, MetricName, SampleMetrics, TraceEvidence } from '../../contract/metrics.ts';
import { createCallCounter } from '../../core/calls/countCalls.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import type { EventInstrument, GuestToWatch, MetricOutlook } from '../../core/instruments/eventInstrument.ts';
import { minorAndMajorOutlook } from '../../core/memory/faultOutlook.ts';
import { createMemoryReducer } from '../../core/memory/memoryEvents.ts';
import { memoryPicture } from '../../core/memory/memoryPicture.ts';
import { collectMetrics, countEvents, unavailable } from '../../core/measurements/collectMetrics.ts';
import { guestSystem, type GuestSystem } from '../../core/measurements/guestSystem.ts';
import { otherReadings, type SeenBeside } from '../../core/measurements/otherReadings.ts';
import { profileTree } from '../../core/measurements/profileTree.ts';
import type { SymbolTable } from '../../core/symbols/symbolTable.ts';
import { reduceEvents } from '../../core/traces/eventReducer.ts';
import { untilSymbol } from '../../core/traces/exactWindow.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import { readKernelSymbols } from '../../host/symbols/readSymbols.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { SeenEvents, WantedEvents } from '../instruments/eventWatch.ts';

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
  /** After the boot; null when it was cancelled before anything was read. */
  metrics(): SampleMetrics | null;
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
  let symbols: SymbolTable | null = null;
  let outlook: readonly MetricOutlook[] = [];
  let metrics: SampleMetrics | null = null;
  return {
    wanted: {
      plan,
      prompt: table.prompt === null ? null : new RegExp(table.prompt),
      login: table.login === undefined ? null : { prompt: new RegExp(table.login.prompt), answer: table.login.answer },
      async arm(files) {
        outlook = (await instrument.probe(guest)).metrics;
        symbols = await symbolsOf(resolved, plan);
        return instrument.arm({ ...guest, ...files, plan, symbols: symbolsToStamp(symbols, table, system), faultHandler: null });
      },
      async collect(seen) {
        metrics = await read(seen, { boot, guest, system, symbols, outlook }, tools);
      },
    },
    metrics: () => metrics,
  };
}

/** Without a kernel or symbols of its own there is nothing to stamp, and that is no failure; a file that was named must fit. */
async function symbolsOf({ kernelPath }: ResolvedGuest, { symbolFile }: EventPlan): Promise<SymbolTable | null> {
  if (kernelPath === null) return null;
  if (symbolFile !== null) return (await readKernelSymbols(kernelPath, symbolFile)).table;
  return readKernelSymbols(kernelPath, null).then(({ table }) => table, () => null);
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
  readonly symbols: SymbolTable | null;
  readonly outlook: readonly MetricOutlook[];
}

async function read({ armed, window, traceBytes, error }: SeenEvents, { boot, guest, system, symbols, outlook }: Reading, tools: EventTools): Promise<SampleMetrics> {
  const { plan, saved, toFailure } = boot;
  const { calibration } = tools;
  const failures = error === null ? [] : [toFailure(error)];
  const rest = { failures, calibration: calibration.id() };
  if (window === null) return { ...nothingSeen(plan, 'the boot did not come to the window in which events are counted'), ...rest };
  const counts = countEvents(system.switchSymbol);
  const decoder = system.decoder === null ? null : tools.decoder(system.decoder);
  const calls = decoder === null ? null : createCallCounter({ decoder });
  const profile = profileTree(symbols, plan.profileEvery ?? 1);
  const exact = exactEnd(boot, symbols);
  const cut = exact === null ? null : untilSymbol(armed.events(), exact);
  const memoryEvents = createMemoryReducer();
  await reduceEvents(cut?.events ?? armed.events(), [counts, profile, memoryEvents, ...(calls === null ? [] : [calls])]);
  const { fromNs, toNs } = window;
  const totals = cut?.totals() ?? window.totals;
  const memory = memoryPicture(memoryEvents.result(), { totals, fromNs, toNs, model: plan.model, watchesFaults: watchesFaults(plan), driveReads: hasDrive(boot.resolved) ? null : 0 });
  const table = calls?.result() ?? null;
  const collected = collectMetrics({
    plan, totals,
    outlook: minorAndMajorOutlook(outlook, memory),
    counts: counts.result(),
    calls: table === null || table.total === 0 ? null : table,
    memory,
    profile: profile.result(),
    others: otherReadings({ disks: window.disks, loadNs: window.loadNs, work: boot.work }),
    window: { fromNs, toNs },
    calibration: (metric) => calibration.state(plan.instrument, guest, metric),
    overhead: calibration.overhead(plan.instrument, guest, plan),
  });
  const { path, ...evidence } = armed.evidence();
  const kept: TraceEvidence = { ...evidence, bytes: traceBytes(), digest: saved && traceBytes() > 0 ? await tools.blobs.putFile(path) : null };
  return { ...collected, evidence: [kept], ...rest };
}

/** In logical time a boot is counted up to its last phase that has a symbol: what the lab asks for comes at a time of the host. */
function exactEnd({ plan, table }: BootWithEvents, symbols: SymbolTable | null): string | null {
  if (!plan.logicalTime || plan.window.from !== 'spawn') return null;
  return table.phases.findLast(({ symbol }) => symbol !== undefined && symbols?.byName.has(symbol) === true)?.symbol ?? null;
}

function watchesFaults({ metrics }: EventPlan): boolean {
  return metrics.some((metric) => metric === 'pageFaults' || metric === 'minorPageFaults' || metric === 'majorPageFaults');
}

/** Whether there is anything that a page could be read from. */
function hasDrive({ disks, medium }: ResolvedGuest): boolean {
  return disks.length > 0 || (medium !== null && medium.path !== null);
}

function nothingSeen(plan: EventPlan, reason: string): Omit<SampleMetrics, 'failures' | 'calibration'> {
  return {
    window: { fromNs: 0, toNs: 0, fromInstructions: null, toInstructions: null },
    logicalTime: plan.logicalTime,
    readings: plan.metrics.map((metric) => unavailable(metric, plan.instrument, reason)),
    symbols: [], calls: null, memory: null, profile: null, evidence: [],
  };
}
