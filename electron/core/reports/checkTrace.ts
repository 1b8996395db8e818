import type { Sample } from '../../contract/measurements.ts';
import type { MetricName, SampleMetrics } from '../../contract/metrics.ts';
import type { Report, ReportCheck } from '../../contract/reports.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { createTraceDecoder } from '../traces/traceDecoder.ts';
import { checkBeside, isBeside } from './checkBeside.ts';
import { checkEvents } from './checkEvents.ts';
import { check, type CheckTools, type OpenedEvidence } from './checkRow.ts';
import { checkBytes, type SerialEvidence } from './checkSerial.ts';

/** Why the numbers of a trace are not computed again; where its evidence is damaged, they have failed. */
interface Obstacle {
  readonly state: 'failed' | 'unchecked';
  readonly why: string;
}

/** The traces of a sample against their digests, and its numbers against the events in them and what was noted beside. */
export async function checkTrace(report: Report, sample: Sample, files: readonly OpenedEvidence[], beside: SerialEvidence, tools: CheckTools): Promise<ReportCheck[]> {
  const { metrics, index } = sample;
  if (metrics === null) return [];
  const rows = metrics.evidence.map((claimed, position) => {
    const file = files.find((candidate) => candidate.position === position);
    if (file === undefined) return check(index, `trace ${position}`, 'unchecked', claimed.digest === null ? 'it was not kept' : 'it did not come with the report');
    return file.content === null ? check(index, `trace ${position}`, 'failed', file.why) : checkBytes(index, `trace ${position}`, file, claimed, tools);
  });
  const others = checkBeside(sample, metrics, beside);
  const file = files.find(({ position }) => position === 0);
  const obstacle = obstacleOf(metrics.evidence[0], file, rows[0]?.state === 'failed');
  if (obstacle !== null || file?.content == null) return [...rows, ...others, ...notCounted(sample, metrics, obstacle ?? { state: 'failed', why: 'the trace cannot be read' })];
  const decoder = createTraceDecoder();
  const events = decoder.take(file.content);
  const damage = decoder.damage();
  const header = decoder.header();
  if (damage !== null || header === null) {
    const why = `the trace is damaged: ${damage?.reason ?? 'it has no header'}`;
    return [...rows, ...others, check(index, 'events of the trace', 'failed', why), ...notCounted(sample, metrics, { state: 'failed', why })];
  }
  await Promise.resolve();
  return [...rows, ...others, ...checkEvents({ report, sample, metrics, header, events, marks: beside.marks, areMarksDamaged: beside.file !== undefined && beside.marks === null }, tools)];
}

/** Null where all events are there to be counted again. */
function obstacleOf(claimed: SampleMetrics['evidence'][number] | undefined, file: OpenedEvidence | undefined, isDamaged: boolean): Obstacle | null {
  const unchecked = (why: string): Obstacle => (isDamaged ? { state: 'failed', why: 'the trace is not the one that was kept' } : { state: 'unchecked', why });
  if (claimed === undefined || file === undefined) return unchecked('there is no trace of it');
  if (file.content === null) return { state: 'failed', why: 'the trace cannot be read' };
  if (claimed.format !== 'petri-trace') return unchecked(`a trace in the form ${claimed.format} is shown, and not counted again`);
  if (file.kept < file.bytes) return unchecked('only the head of the trace came with the report');
  return claimed.cut === null ? null : unchecked(`the trace ends early: ${claimed.cut}`);
}

/** A row for each number that rests on the trace, with the same words for all. */
function notCounted({ index, phases }: Sample, { readings, symbols, calls, memory, profile }: SampleMetrics, { state, why }: Obstacle): ReportCheck[] {
  const named = [
    ...readings.flatMap(({ metric, value }) => (value === null || isBeside(metric) ? [] : [titleOf(metric)])),
    ...symbols.map(({ symbol }) => `symbol ${symbol}`),
    ...phases.flatMap(({ name, symbol }) => (symbol === undefined ? [] : [`symbol of phase ${name}`])),
    ...(calls === null ? [] : ['all system calls', ...calls.rows.map(({ name, process }) => `${name} of ${process}`)]),
    ...(memory === null ? [] : ['memory']),
    ...(profile === null ? [] : ['samples of the profile']),
  ];
  return named.map((what) => check(index, what, state, why));
}

function titleOf(metric: MetricName): string {
  return metricWords[metric].title;
}
