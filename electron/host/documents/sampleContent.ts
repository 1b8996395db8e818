import type { Content } from 'pdfmake/interfaces.d.ts';
import { explain } from '../../contract/errors.ts';
import type { Report } from '../../contract/reports.ts';
import { formatAmount, formatCount } from '../../core/charts/numbers.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import { plainTable } from './eventContent.ts';
import { tableTitle, type Counters } from './documentParts.ts';

/** So many boots fit beside each other. */
const BOOTS_A_TABLE = 7;

/** What each instrument read in each boot, what of it was kept, and what went wrong. */
export function sampleReadings({ samples }: Report, next: Counters): Content[] {
  const withEvents = samples.flatMap((sample) => (sample.metrics === null ? [] : [{ index: sample.index, warmUp: sample.warmUp, metrics: sample.metrics, serial: serialRows(sample) }]));
  if (withEvents.length === 0) return [];
  const names = [...new Set(withEvents.flatMap(({ metrics }) => metrics.readings.map(({ metric }) => metric)))];
  const parts = Array.from({ length: Math.ceil(withEvents.length / BOOTS_A_TABLE) }, (_, part) => withEvents.slice(part * BOOTS_A_TABLE, (part + 1) * BOOTS_A_TABLE));
  const evidence = withEvents.flatMap(({ index, metrics, serial }) => [...serial, ...metrics.evidence.map(({ format, bytes, events, cut, digest }) => [String(index), format, formatCount(bytes), formatCount(events), cut ?? 'whole', digest === null ? 'not kept' : `${digest.slice(0, 16)}…`])]);
  const failures = withEvents.flatMap(({ index, metrics }) => metrics.failures.map((failure) => [String(index), failure.code, explain(failure).what]));
  return [
    tableTitle(next.table(), 'What was read in each boot. Boots are numbered as in the JSON; a warm-up has a “w”.', [0, 10, 0, 4]),
    ...parts.map((part) => plainTable({
      head: ['Boot', ...part.map(({ index, warmUp }) => `${index}${warmUp ? ' w' : ''}`)],
      sides: `l${'r'.repeat(part.length)}`,
      rows: names.map((name) => [metricWords[name].title, ...part.map(({ metrics }) => {
        const reading = metrics.readings.find(({ metric }) => metric === name);
        return reading?.value == null ? '–' : formatAmount(reading.value, reading.unit);
      })]),
    }, { dense: true })),
    ...(evidence.length === 0 ? [] : [tableTitle(next.table(), 'What the numbers were computed from. The JSON has the whole digests.', [0, 6, 0, 4]), plainTable({ head: ['Boot', 'Kept as', 'Bytes', 'Events', 'Ends', 'SHA-256'], sides: 'rlrrll', rows: evidence }, { dense: true, wide: 4 })]),
    ...(failures.length === 0 ? [] : [tableTitle(next.table(), 'Failures of instruments. What they gave until then is counted.', [0, 6, 0, 4]), plainTable({ head: ['Boot', 'Failure', 'What happened'], sides: 'rll', rows: failures }, { dense: true, wide: 2 })]),
  ];
}

/** What the guest printed, and when: they have no events. */
function serialRows({ index, serialDigest, serialBytes, marks }: Report['samples'][number]): string[][] {
  const row = (kind: string, digest: string | null, bytes: number): string[][] => (digest === null ? [] : [[String(index), kind, formatCount(bytes), '–', 'whole', `${digest.slice(0, 16)}…`]]);
  return [...row('serial bytes', serialDigest, serialBytes), ...row('time marks', marks?.digest ?? null, marks?.bytes ?? 0)];
}
