import type { PhaseTable, Sample } from '../../contract/measurements.ts';
import type { CallTable, MemoryPicture, MetricName, Reading, SampleMetrics } from '../../contract/metrics.ts';
import type { Report, ReportCheck } from '../../contract/reports.ts';
import { createCallCounter } from '../calls/countCalls.ts';
import { createMemoryReducer } from '../memory/memoryEvents.ts';
import { memoryPicture } from '../memory/memoryPicture.ts';
import { countEvents, modelledValue, type EventCounts } from '../measurements/collectMetrics.ts';
import { guestSystem } from '../measurements/guestSystem.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { addPhaseSymbols } from '../measurements/phaseSymbols.ts';
import { endOfSpawnWindow } from '../measurements/spawnWindow.ts';
import { tableOf } from '../measurements/subjectTable.ts';
import type { TimeMarks } from '../measurements/timeMarks.ts';
import type { TraceEvent } from '../traces/traceEvent.ts';
import type { TraceHeader } from '../traces/traceFormat.ts';
import { check, firstDifference, verdictOn, type CheckTools } from './checkRow.ts';
import { isBeside } from './checkBeside.ts';

/** One sample with the events of its trace. */
export interface TracedSample {
  readonly report: Report;
  readonly sample: Sample;
  readonly metrics: SampleMetrics;
  readonly header: TraceHeader;
  /** All of the trace, by its own clock. */
  readonly events: readonly TraceEvent[];
  /** What was noted beside; null where it did not come, or cannot be read. */
  readonly marks: TimeMarks | null;
  readonly areMarksDamaged: boolean;
}

/** What a sample says against its events: readings, symbols, calls, memory and profile, counted again by the code that counted them. */
export function checkEvents(traced: TracedSample, tools: CheckTools): ReportCheck[] {
  const { report, sample, metrics, events } = traced;
  const { index } = sample;
  const subject = report.run.subjects.find(({ key }) => key === sample.subject);
  if (subject === undefined) return [check(index, 'events of the trace', 'failed', 'the run has no such subject')];
  const table = tableOf(report.run, subject);
  const shiftNs = shiftOf(traced);
  const { used, isExact } = insideWindow(traced, table, shiftNs);
  const counter = countEvents(guestSystem(table, subject.guest.architecture).switchSymbol);
  for (const event of used) counter.take(event);
  const counts = counter.result();
  return [
    verdictOn(index, 'events of the trace', events.length === metrics.evidence[0]?.events, `${events.length} events, as the sample says`, `${events.length} events, and the sample says ${metrics.evidence[0]?.events ?? 0}`),
    ...metrics.readings.filter(({ metric, value }) => value !== null && !isBeside(metric)).map((reading) => checkReading(index, reading, recount(reading.metric, { traced, used, isExact, counts }))),
    ...checkSymbols(traced, table, counts, shiftNs),
    ...(metrics.calls === null ? [] : checkCalls(index, metrics.calls, callsOf(metrics.calls, used, tools))),
    ...(metrics.memory === null ? [] : [checkMemory(traced, used, shiftNs)]),
    ...(metrics.profile === null ? [] : [checkProfile(index, metrics.profile.root.total, used)]),
  ];
}

/** The trace counts from the plugin's load, the report from the spawn of QEMU; null where the spawn was not noted. */
function shiftOf({ header, marks }: TracedSample): number | null {
  return marks?.spawnNs == null ? null : Number(header.monotonicNs - marks.spawnNs);
}

interface UsedEvents {
  /** The events that were counted. */
  readonly used: readonly TraceEvent[];
  /** Whether the window ends with the last of them, rather than when the host came to it. */
  readonly isExact: boolean;
}

/** See `endOfSpawnWindow`. Without the shift a window that ended at a serial stamp ends by its instructions. */
function insideWindow({ report: { run }, sample, metrics: { symbols, window }, events }: TracedSample, table: PhaseTable, shiftNs: number | null): UsedEvents {
  const plan = run.plan.events;
  if (plan?.window.from !== 'spawn') return { used: events, isExact: false };
  const reached = new Set(symbols.map(({ symbol }) => symbol));
  const seenNs = (name: string): number | null => {
    const stamp = sample.phases.find((phase) => phase.name === name);
    return stamp?.status === 'seen' ? stamp.atNs : null;
  };
  const end = endOfSpawnWindow(plan, table, { isKnown: (symbol) => reached.has(symbol), seenNs });
  const at = end?.kind !== 'symbol' ? -1 : events.findIndex((event) => event.kind === 'symbol' && event.symbol === end.symbol);
  const { toInstructions } = window;
  if (at >= 0 && (plan.logicalTime || events[at]?.instructions === toInstructions)) return { used: events.slice(0, at + 1), isExact: true };
  if (end?.kind === 'time' && shiftNs !== null) {
    const used = events.filter(({ atNs }) => atNs + shiftNs <= end.atNs);
    return { used, isExact: used.length > 0 };
  }
  return { used: toInstructions === null ? events : events.filter(({ instructions }) => instructions === null || instructions <= toInstructions), isExact: false };
}

const eventKinds: Partial<Readonly<Record<MetricName, TraceEvent['kind']>>> = { systemCalls: 'call', pageFaults: 'fault', addressSpaceSwitches: 'space', interrupts: 'interrupt' };

interface Counted extends UsedEvents {
  readonly traced: TracedSample;
  readonly counts: EventCounts;
}

/** A reading once more, and where from; null where the evidence does not tell it, and why. */
interface Recount {
  readonly value: number | null;
  readonly from: string;
}

function recount(metric: MetricName, { traced, used, isExact, counts }: Counted): Recount {
  const inTrace = (value: number | null): Recount => ({ value, from: value === null ? 'the trace does not tell it; the digest of the sample covers it' : 'in the trace' });
  const kind = eventKinds[metric];
  const { metrics, marks } = traced;
  if (kind !== undefined) return inTrace(used.reduce((sum, event) => (event.kind === kind ? sum + 1 : sum), 0));
  switch (metric) {
    case 'instructions':
      if (isExact) return inTrace(used.at(-1)?.instructions ?? null);
      if (marks?.counted == null) return { value: null, from: 'what the instrument answered at the begin and the end of the window is not in the evidence; the digest of the sample covers it' };
      return { value: marks.counted.to - marks.counted.from, from: 'from the two counts that the instrument answered' };
    case 'contextSwitches':
      return inTrace(counts.contextSwitches);
    case 'workingSet':
      return inTrace(counts.workingSetPages);
    case 'ipcRoundTrips':
      return { value: metrics.calls?.roundTrips?.count ?? null, from: 'in the table of calls, which has a row of its own' };
    case 'minorPageFaults':
    case 'majorPageFaults':
      return { value: (metric === 'minorPageFaults' ? metrics.memory?.faults?.minor : metrics.memory?.faults?.major) ?? null, from: 'in the picture of memory, which has a row of its own' };
    default:
      return inTrace(counts.model === null ? null : modelledValue(metric, counts.model));
  }
}

function checkReading(index: number, { metric, value }: Reading, { value: again, from }: Recount): ReportCheck {
  const { title } = metricWords[metric];
  if (again === null) return check(index, title, 'unchecked', from);
  return verdictOn(index, title, again === value, `counted again ${from}: ${again}`, `the report says ${value ?? ''}, counted again ${from} it is ${again}`);
}

/** When each symbol was first reached, and the phases that begin at one. */
function checkSymbols({ report, sample, metrics, areMarksDamaged }: TracedSample, table: PhaseTable, { symbols: again }: EventCounts, shiftNs: number | null): ReportCheck[] {
  const { index } = sample;
  const shifted = shiftNs === null ? [] : again.map((stamp) => ({ ...stamp, atNs: stamp.atNs + shiftNs }));
  const bySymbol = new Map((shiftNs === null ? again : shifted).map((stamp) => [stamp.symbol, stamp]));
  const rows = metrics.symbols.map((stamp) => {
    const found = bySymbol.get(stamp.symbol);
    const { atNs: _given, ...given } = stamp;
    const { atNs: _found, ...there } = found ?? { symbol: '', atNs: 0 };
    const isSame = firstDifference(given, there, '') === null;
    const what = `symbol ${stamp.symbol}`;
    if (!isSame || (shiftNs !== null && found?.atNs !== stamp.atNs)) return check(index, what, 'failed', 'its time, instructions or hits are not those of the trace');
    return shiftNs === null ? withoutSpawn(index, what, areMarksDamaged) : check(index, what, 'good', 'its time, instructions and hits are those of the trace');
  });
  const lost = again.filter(({ symbol }) => !metrics.symbols.some((stamp) => stamp.symbol === symbol)).map(({ symbol }) => check(index, `symbol ${symbol}`, 'failed', 'it is in the trace, and not in the report'));
  const instrument = report.run.plan.events?.instrument ?? 'plugin';
  const bare = sample.phases.map(({ symbol: _symbol, ...stamp }) => stamp);
  const phases = addPhaseSymbols(bare, table, shiftNs === null ? metrics.symbols : shifted, instrument);
  const ofPhases = sample.phases.flatMap(({ name, symbol }, at) => {
    const found = phases[at]?.symbol;
    if (symbol === undefined && found === undefined) return [];
    const what = `symbol of phase ${name}`;
    if (firstDifference(symbol, found, '') !== null) return [check(index, what, 'failed', 'it is not what the symbol has in the trace')];
    return [shiftNs === null ? withoutSpawn(index, what, areMarksDamaged) : check(index, what, 'good', 'its time and instructions are those of the trace')];
  });
  return [...rows, ...lost, ...ofPhases];
}

function withoutSpawn(index: number, what: string, areMarksDamaged: boolean): ReportCheck {
  const says = 'its instructions and hits are those of the trace; its time since the spawn of QEMU is not in the evidence, and covered by the digest of the sample alone';
  return areMarksDamaged ? check(index, what, 'failed', 'the spawn of QEMU, from which its time counts, cannot be read') : check(index, what, 'unchecked', says);
}

function callsOf({ decoder: id }: CallTable, used: readonly TraceEvent[], tools: CheckTools): CallTable | null {
  const decoder = tools.decoder(id);
  if (decoder === null) return null;
  const counter = createCallCounter({ decoder });
  for (const event of used) counter.take(event);
  return counter.result();
}

/** Each call of each process; percentiles, too, because they are computed from the same times. */
function checkCalls(index: number, given: CallTable, again: CallTable | null): ReportCheck[] {
  const nameOf = ({ name, process }: CallTable['rows'][number]): string => `${name} of ${process}`;
  if (again === null) return ['all system calls', ...given.rows.map(nameOf)].map((what) => check(index, what, 'unchecked', `there is no decoder ${given.decoder} here`));
  const { rows: _given, ...rest } = given;
  const { rows: _again, ...restAgain } = again;
  const difference = firstDifference(rest, restAgain, '');
  const keyOf = ({ process, group, name }: CallTable['rows'][number]): string => JSON.stringify([process, group, name]);
  const found = new Map(again.rows.map((row) => [keyOf(row), row]));
  const lost = again.rows.filter((row) => !given.rows.some((own) => keyOf(own) === keyOf(row)));
  return [
    verdictOn(index, 'all system calls', difference === null, `${again.total} calls decoded again`, `decoded again, it differs at ${difference ?? ''}`),
    ...given.rows.map((row) => {
      const other = firstDifference(row, found.get(keyOf(row)), '');
      return verdictOn(index, nameOf(row), other === null, `${row.count} calls with their times, decoded again`, `decoded again, it differs at ${other ?? ''}`);
    }),
    ...lost.map((row) => check(index, nameOf(row), 'failed', 'it is in the trace, and not in the report')),
  ];
}

/** Faults, ratios, working set and advice; what a drive had to read is from the marks, or from the reading of it. */
function checkMemory({ report, sample: { index }, metrics, marks, areMarksDamaged }: TracedSample, used: readonly TraceEvent[], shiftNs: number | null): ReportCheck {
  const { memory, window } = metrics;
  if (shiftNs === null) return areMarksDamaged ? check(index, 'memory', 'failed', 'the spawn of QEMU, from which its times count, cannot be read') : check(index, 'memory', 'unchecked', 'the spawn of QEMU, from which its times count, is not in the evidence');
  const reducer = createMemoryReducer();
  for (const event of used) reducer.take(event.kind === 'model' ? { ...event, atNs: event.atNs + shiftNs } : event);
  const count = (kind: TraceEvent['kind']): number => used.filter((event) => event.kind === kind).length;
  const { fromInstructions, toInstructions, fromNs, toNs } = window;
  const faults = memory?.faults ?? null;
  const again = memoryPicture(reducer.result(), {
    totals: { instructions: fromInstructions === null || toInstructions === null ? null : toInstructions - fromInstructions, calls: count('call'), faults: count('fault'), spaceLoads: count('space'), interrupts: count('interrupt'), dropped: 0 },
    fromNs, toNs,
    model: report.run.plan.events?.model ?? null,
    watchesFaults: faults !== null,
    driveBytesRead: marks?.disks == null ? (faults?.minor == null ? null : 0) : marks.disks.after.bytesRead - marks.disks.before.bytesRead,
  });
  const difference = firstDifference(memory, faults?.latencyWhy === undefined ? withoutLatency(again) : again, '');
  return verdictOn(index, 'memory', difference === null, 'faults, ratios, working set and advice, computed again from the trace: the same', `computed again from the trace, it differs at ${difference ?? ''}`);
}

/** Runs from before the end of a fault was looked for do not speak of it. */
function withoutLatency(picture: MemoryPicture | null): MemoryPicture | null {
  if (picture?.faults == null) return picture;
  const { latencyInstructions, latencyWhy, ...faults } = picture.faults;
  return { ...picture, faults };
}

function checkProfile(index: number, total: number, events: readonly TraceEvent[]): ReportCheck {
  const again = events.filter(({ kind }) => kind === 'profile').length;
  return verdictOn(index, 'samples of the profile', again === total, `${again} in the trace; the names of functions need the kernel’s symbols`, `the report says ${total}, the trace ${again}`);
}
