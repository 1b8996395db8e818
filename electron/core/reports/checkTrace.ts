import type { Sample } from '../../contract/measurements.ts';
import type { CallTable, MetricName, SampleMetrics } from '../../contract/metrics.ts';
import type { Report, ReportCheck } from '../../contract/reports.ts';
import { createCallCounter } from '../calls/countCalls.ts';
import { countEvents, modelledValue, type EventCounts } from '../measurements/collectMetrics.ts';
import { guestSystem } from '../measurements/guestSystem.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { endOfSpawnWindow } from '../measurements/spawnWindow.ts';
import { createTraceDecoder } from '../traces/traceDecoder.ts';
import type { TraceEvent } from '../traces/traceEvent.ts';
import { check, firstDifference, verdictOn, type CheckTools, type OpenedEvidence } from './checkRow.ts';
import { checkBytes } from './checkSerial.ts';

/** The traces of a sample against their digests, and its counts and its table of calls against the events in them. */
export async function checkTrace(report: Report, sample: Sample, files: readonly OpenedEvidence[], tools: CheckTools): Promise<ReportCheck[]> {
  const { metrics, index } = sample;
  if (metrics === null) return [];
  const rows = metrics.evidence.map((claimed, position) => {
    const file = files.find((candidate) => candidate.position === position);
    if (file === undefined) return check(index, `trace ${position}`, 'unchecked', claimed.digest === null ? 'it was not kept' : 'it did not come with the report');
    return file.content === null ? check(index, `trace ${position}`, 'failed', file.why) : checkBytes(index, `trace ${position}`, file, claimed, tools);
  });
  const [claimed] = metrics.evidence;
  const file = files.find(({ position }) => position === 0);
  const why = obstacle(claimed, file);
  if (why !== null || file?.content == null) return [...rows, ...metrics.readings.filter(({ value }) => value !== null).map(({ metric }) => check(index, metricWords[metric].title, 'unchecked', why ?? 'the trace cannot be read'))];
  return [...rows, ...(await checkEvents(report, sample, metrics, file.content, tools))];
}

/** Why numbers cannot be computed again from a trace; null when they can. */
function obstacle(claimed: SampleMetrics['evidence'][number] | undefined, file: OpenedEvidence | undefined): string | null {
  if (claimed === undefined || file === undefined) return 'there is no trace of it';
  if (claimed.format !== 'petri-trace') return `a trace in the form ${claimed.format} is shown, and not counted again`;
  if (file.kept < file.bytes) return 'only the head of the trace came with the report';
  return claimed.cut === null ? null : `the trace ends early: ${claimed.cut}`;
}

async function checkEvents(report: Report, sample: Sample, metrics: SampleMetrics, content: Uint8Array, tools: CheckTools): Promise<ReportCheck[]> {
  const { index } = sample;
  const decoder = createTraceDecoder();
  const events = decoder.take(content);
  if (decoder.damage() !== null) return [check(index, 'events of the trace', 'failed', `the trace is damaged: ${decoder.damage()?.reason ?? ''}`)];
  const subject = report.run.subjects.find(({ key }) => key === sample.subject);
  if (subject === undefined) return [check(index, 'events of the trace', 'failed', 'the run has no such subject')];
  const system = guestSystem(report.run.phaseTable, subject.guest.architecture);
  const used = insideWindow(report, metrics, events);
  const counter = countEvents(system.switchSymbol);
  for (const event of used) counter.take(event);
  const counts = counter.result();
  const callDecoder = metrics.calls === null ? null : tools.decoder(metrics.calls.decoder);
  const table = callDecoder === null ? null : createCallCounter({ decoder: callDecoder });
  if (table !== null) for (const event of used) table.take(event);
  await Promise.resolve();
  return [
    verdictOn(index, 'events of the trace', events.length === metrics.evidence[0]?.events, `${events.length} events, as the sample says`, `${events.length} events, and the sample says ${metrics.evidence[0]?.events ?? 0}`),
    ...metrics.readings.filter(({ value }) => value !== null).map(({ metric, value }) => checkReading(index, metric, value ?? 0, recount(metric, used, counts))),
    ...checkSymbols(index, metrics, counts),
    ...(metrics.calls === null ? [] : checkCalls(index, metrics.calls, table?.result() ?? null)),
    ...(metrics.profile === null ? [] : [checkProfile(index, metrics.profile.root.total, used)]),
  ];
}

/** The events that were counted; see `endOfSpawnWindow`. Stamps have another zero than the trace, so a window that ended at one ends by its instructions. */
function insideWindow({ run }: Report, { symbols, window }: SampleMetrics, events: readonly TraceEvent[]): readonly TraceEvent[] {
  const plan = run.plan.events;
  if (plan?.window.from !== 'spawn') return events;
  const reached = new Set(symbols.map(({ symbol }) => symbol));
  const end = endOfSpawnWindow(plan, run.phaseTable, { isKnown: (symbol) => reached.has(symbol), seenNs: () => null });
  const at = end?.kind !== 'symbol' ? -1 : events.findIndex((event) => event.kind === 'symbol' && event.symbol === end.symbol);
  const { toInstructions } = window;
  if (at >= 0 && (plan.logicalTime || events[at]?.instructions === toInstructions)) return events.slice(0, at + 1);
  return toInstructions === null ? events : events.filter(({ instructions }) => instructions === null || instructions <= toInstructions);
}

const eventKinds: Partial<Readonly<Record<MetricName, TraceEvent['kind']>>> = { systemCalls: 'call', pageFaults: 'fault', addressSpaceSwitches: 'space', interrupts: 'interrupt' };

/** A reading from the events alone; null where they do not tell. */
function recount(metric: MetricName, events: readonly TraceEvent[], counts: EventCounts): number | null {
  const kind = eventKinds[metric];
  if (kind !== undefined) return events.reduce((sum, event) => (event.kind === kind ? sum + 1 : sum), 0);
  if (metric === 'contextSwitches') return counts.contextSwitches;
  if (metric === 'workingSet') return counts.workingSetPages;
  return counts.model === null ? null : modelledValue(metric, counts.model);
}

function checkReading(index: number, metric: MetricName, value: number, again: number | null): ReportCheck {
  const { title } = metricWords[metric];
  if (again === null) return check(index, title, 'unchecked', 'the trace does not tell it; the digest of the sample covers it');
  return verdictOn(index, title, again === value, `counted again in the trace: ${again}`, `the report says ${value}, the trace ${again}`);
}

/** The trace counts from its own begin, the report from the spawn of QEMU: all symbols are apart by the same. */
function checkSymbols(index: number, { symbols }: SampleMetrics, { symbols: again }: EventCounts): ReportCheck[] {
  const shift = (symbols[0]?.atNs ?? 0) - (again.find(({ symbol }) => symbol === symbols[0]?.symbol)?.atNs ?? 0);
  return symbols.map((stamp) => {
    const found = again.find(({ symbol }) => symbol === stamp.symbol);
    const holds = found !== undefined && found.hits === stamp.hits && found.instructions === stamp.instructions && Math.abs(found.atNs + shift - stamp.atNs) < 1;
    return verdictOn(index, `symbol ${stamp.symbol}`, holds, 'its time, instructions and hits are those of the trace', 'its time, instructions or hits are not those of the trace');
  });
}

/** Each call of each process; percentiles, too, because they are computed from the same times. */
function checkCalls(index: number, given: CallTable, again: CallTable | null): ReportCheck[] {
  if (again === null) return [check(index, 'system calls', 'unchecked', `there is no decoder ${given.decoder} here`)];
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
      return verdictOn(index, `${row.name} of ${row.process}`, other === null, `${row.count} calls with their times, decoded again`, `decoded again, it differs at ${other ?? ''}`);
    }),
    ...lost.map((row) => check(index, `${row.name} of ${row.process}`, 'failed', 'it is in the trace, and not in the report')),
  ];
}

function checkProfile(index: number, total: number, events: readonly TraceEvent[]): ReportCheck {
  const again = events.filter(({ kind }) => kind === 'profile').length;
  return verdictOn(index, 'samples of the profile', again === total, `${again} in the trace; the names of functions need the kernel’s symbols`, `the report says ${total}, the trace ${again}`);
}
