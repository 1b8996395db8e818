import type { MeasurementKind, Plan, Run, Sample, Subject } from '../../contract/measurements.ts';
import type { MetricKind } from '../statistics/verdict.ts';
import { acceleratorWords, isKnown } from './knownFacts.ts';
import { metricWords, modelledMetrics } from './metricNames.ts';
import { tableOf } from './subjectTable.ts';

/** What must be known of a subject to say with what it may be compared. */
export interface Measured {
  readonly run: Pick<Run, 'host' | 'kind' | 'plan' | 'phaseTable' | 'imported'>;
  readonly subject: Subject;
}

/** A subject with its boots and the machine they ran on. */
export interface Side extends Measured {
  readonly run: Run;
  readonly samples: readonly Sample[];
}

/** `boot`, a phase or the name of a reading, and what it is a measure of. */
export interface ComparedMetric {
  readonly metric: string;
  readonly kind: MetricKind;
}

/** Something that must be the same of two subjects before a difference between them means anything. */
interface Condition {
  /** Left out: for every metric. */
  readonly concerns?: (metric: ComparedMetric) => boolean;
  readonly of: (measured: Measured) => string;
  /** One sentence; only asked where the two differ. */
  readonly says: (a: Measured, b: Measured) => string;
}

const isReading = ({ metric }: ComparedMetric): boolean => metric in metricWords && metric !== 'bootTime';
const isTime = ({ kind }: ComparedMetric): boolean => kind === 'time';

const kindWords: Readonly<Record<MeasurementKind, string>> = { boot: 'of the boot', syscalls: 'of system calls', memory: 'of memory', ipc: 'of messages' };

const conditions: readonly Condition[] = [
  { of: ({ run }) => run.host.id, says: (a, b) => (isKnown(a.run, 'host') && isKnown(b.run, 'host') ? 'They ran on different hosts.' : 'On which host one of them ran is not known.') },
  {
    of: ({ run, subject }) => acceleratorWords(run, subject),
    says: (a, b) => `They ran with different accelerators: ${acceleratorWords(a.run, a.subject)} and ${acceleratorWords(b.run, b.subject)}.`,
  },
  { of: ({ subject }) => subject.qemu.id, says: (a, b) => `They ran in different builds of QEMU: ${buildOf(a)} and ${buildOf(b)}.` },
  { of: (one) => tableOf(one.run, one.subject).id, says: (a, b) => `They are different systems, each with phases of its own: ${systemOf(a)} and ${systemOf(b)}.` },
  { of: ({ run }) => String(run.plan.events?.logicalTime ?? false), says: () => 'Only one of them ran under logical time.' },
  { concerns: isReading, of: ({ run }) => run.kind, says: (a, b) => `One is a measurement ${kindWords[a.run.kind]}, the other ${kindWords[b.run.kind]}.` },
  { concerns: isReading, of: ({ run }) => windowOf(run.plan), says: (a, b) => `They were looked at in different windows: ${windowOf(a.run.plan)}, and ${windowOf(b.run.plan)}.` },
  { concerns: isReading, of: ({ run }) => loadOf(run.plan), says: (a, b) => `They did different work: ${loadOf(a.run.plan)}, and ${loadOf(b.run.plan)}.` },
  {
    concerns: (one) => isTime(one) && !isReading(one),
    of: ({ run }) => run.plan.instrument,
    says: (a, b) => `Their phases were stamped by different instruments: ${a.run.plan.instrument} and ${b.run.plan.instrument}.`,
  },
  { concerns: isTime, of: ({ run }) => run.plan.events?.instrument ?? '', says: () => 'Different instruments watched them, and each slows a guest in its own way.' },
  {
    // The plugin that follows every access to memory is slower than the one that follows calls; the clock of instructions does not see it.
    concerns: (one) => isTime(one) && !isReading(one),
    of: ({ run }) => (run.plan.events === null || run.plan.events.logicalTime ? '' : run.kind),
    says: () => 'Different things were recorded of them, which slows a guest differently.',
  },
  {
    concerns: ({ metric }) => (modelledMetrics as ReadonlySet<string>).has(metric),
    of: ({ run }) => JSON.stringify(run.plan.events?.model ?? null),
    says: () => 'Their caches and TLBs were modelled with different sizes.',
  },
];

/**
 * Why two subjects have ratios in a metric and no verdict, each reason as a sentence; null when they may be judged.
 * Guests, their versions, their settings and the Machine they run in are what is compared; host, accelerator, QEMU, system,
 * window, work and the way of measuring must be the same.
 */
export function obstacleBetween(a: Side, b: Side, metric: ComparedMetric): string | null {
  const places = placesOf(a) !== placesOf(b) && a.run.host.id === b.run.host.id ? ['They ran on different hosts.'] : [];
  return sentences([...places, ...differences(a, b, metric)]);
}

/** The same of two runs of one guest, whose numbers are known and whose boots are not read. Other arguments are another series, too. */
export function obstacleInTrend(a: Measured, b: Measured, metric: ComparedMetric): string | null {
  const words = a.subject.extraArguments === b.subject.extraArguments ? [] : ['The kernel had other arguments.'];
  return sentences([...differences(a, b, metric), ...words]);
}

/** Runs of a guest with the same text may be compared in the metric. */
export function environmentOf(one: Measured, metric: ComparedMetric): string {
  return JSON.stringify([...conditionsOf(metric).map(({ of }) => of(one)), one.subject.extraArguments]);
}

function conditionsOf(metric: ComparedMetric): Condition[] {
  return conditions.filter(({ concerns }) => concerns?.(metric) ?? true);
}

function differences(a: Measured, b: Measured, metric: ComparedMetric): string[] {
  return conditionsOf(metric).flatMap(({ of, says }) => (of(a) === of(b) ? [] : [says(a, b)]));
}

function sentences(reasons: readonly string[]): string | null {
  return reasons.length === 0 ? null : reasons.join(' ');
}

function buildOf({ subject: { qemu } }: Measured): string {
  return `${qemu.version} (${qemu.program.split('/').at(-1) ?? qemu.program})`;
}

function systemOf({ run, subject }: Measured): string {
  const { id, system } = tableOf(run, subject);
  return system === '' ? id : `${system} (${id})`;
}

/** When events were looked at, in words. */
function windowOf({ events }: Plan): string {
  if (events === null) return 'no events';
  const { from, durationSeconds } = events.window;
  if (from === 'spawn') return 'the whole boot';
  return durationSeconds === null ? 'after the boot until the load was done' : `${durationSeconds} s after the boot`;
}

function loadOf({ events }: Plan): string {
  return events?.load == null ? 'no load' : `“${events.load}”`;
}

/** Hosts other than the run's own on which the boots ran. */
function placesOf({ run, subject, samples }: Side): string {
  const hosts = samples.flatMap(({ subject: key, place }) => {
    if (key !== subject.key || place === undefined) return [];
    // An engine behind a local socket may still be in a virtual machine, which has a kernel of its own.
    const here = place.address.startsWith('unix:') && place.kernel === run.host.kernel;
    return here ? [] : [`${place.host} ${place.kernel}`];
  });
  return [...new Set(hosts)].sort().join(', ');
}
