import type { EventSummary, MetricSummary } from '../../contract/summaries.ts';
import { formatDuration } from '../charts/numbers.ts';
import { metricWords } from '../measurements/metricNames.ts';

/** Of what the numbers are, how far they can be relied on, and what is missing. */
export function explainInstruments({ samples, window, logicalTime, metrics, notes }: EventSummary): string[] {
  const given = metrics.filter(({ statistics }) => statistics !== null);
  return [
    `Instruments looked at ${samples.length} ${samples.length === 1 ? 'boot' : 'boots'}, ${samples.length === 1 ? 'in' : 'each in'} a window of ${formatDuration(window.median)}${samples.length === 1 ? '' : ' (median)'}. A count is of that window only; counts of windows of different lengths are not comparable.`,
    ...(logicalTime ? ['Instructions were the guest’s clock (logical time): the same guest makes the same boot every time, and counts can be compared to the last one. Times are those of the host that carried it out, and not times of a machine.'] : []),
    ...modelled(given),
    ...calibrated(given),
    ...costs(given),
    ...missing(metrics),
    ...notes.map((note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`),
  ];
}

const titles = (metrics: readonly MetricSummary[]): string => metrics.map(({ metric }) => metricWords[metric].title).join(', ');

function modelled(given: readonly MetricSummary[]): string[] {
  const some = given.filter(({ certainty }) => certainty === 'modelled');
  return some.length === 0 ? [] : [`Modelled and not measured: ${titles(some)}. They come from a model of caches and TLBs that all memory accesses pass through. It shows how programs use memory, not what one real processor would do.`];
}

function calibrated(given: readonly MetricSummary[]): string[] {
  const out = given.filter(({ calibration }) => calibration === 'out');
  const never = given.filter(({ calibration }) => calibration === 'never');
  return [
    ...(out.length === 0 ? [] : [`OUT OF CALIBRATION: ${titles(out)}. The last calibration found a larger error than it allows: do not rely on these.`]),
    ...(never.length === 0 ? [] : [`Not calibrated on this machine: ${titles(never)}. “petri calibrate” holds instruments against guests whose counts are known.`]),
  ];
}

function costs(given: readonly MetricSummary[]): string[] {
  const byInstrument = Map.groupBy(given.filter(({ overhead }) => overhead !== null), ({ instrument }) => instrument ?? '');
  return [...byInstrument].map(([instrument, [first]]) => `With ${instrument} a boot takes ${(first?.overhead ?? 1).toFixed(3)} times as long as without: times are longer by that, counts of the guest’s own work are not.`);
}

function missing(metrics: readonly MetricSummary[]): string[] {
  const none = metrics.filter(({ statistics }) => statistics === null);
  return [...Map.groupBy(none, ({ reason }) => reason ?? 'no reason was given')].map(([reason, some]) => `Unavailable: ${titles(some)}. The reason: ${reason.replace(/\.$/, '')}.`);
}
