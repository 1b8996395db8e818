import type { Sample } from '../../contract/measurements.ts';
import type { MetricName, SampleMetrics } from '../../contract/metrics.ts';
import type { ReportCheck } from '../../contract/reports.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { otherReadings } from '../measurements/otherReadings.ts';
import { check, verdictOn } from './checkRow.ts';
import type { SerialEvidence } from './checkSerial.ts';

const besideMetrics: ReadonlySet<MetricName> = new Set<MetricName>(['blockOperations', 'blockBytesRead', 'blockBytesWritten', 'workTime', 'workRate', 'networkBytesReceived', 'networkBytesSent']);

/** Whether a metric is read beside the trace: by QEMU's monitor, or from what the guest printed. */
export function isBeside(metric: MetricName): boolean {
  return besideMetrics.has(metric);
}

/** Readings of disks, of the network and of a load, and the window's bounds, computed again from what was noted when they were taken. */
export function checkBeside({ index }: Sample, { readings, window }: SampleMetrics, { file, marks }: SerialEvidence): ReportCheck[] {
  const given = readings.filter(({ metric, value }) => value !== null && isBeside(metric));
  const missing = file === undefined ? ({ state: 'unchecked', why: 'what was noted of it is not in the evidence; the digest of the sample covers it' } as const) : ({ state: 'failed', why: 'what was noted of it cannot be read' } as const);
  if (marks === null) return [check(index, 'window', missing.state, missing.why), ...given.map(({ metric }) => check(index, metricWords[metric].title, missing.state, missing.why))];
  const again = otherReadings(marks);
  const noted = { ...(marks.window ?? { fromNs: 0, toNs: 0 }), fromInstructions: marks.counted?.from ?? null, toInstructions: marks.counted?.to ?? null };
  const isSame = (Object.keys(noted) as (keyof typeof noted)[]).every((bound) => noted[bound] === window[bound]);
  return [
    verdictOn(index, 'window', isSame, 'from and to are as they were noted', 'from and to are not as they were noted'),
    ...given.map(({ metric, value }) => {
      const noted = again[metric]?.value ?? null;
      return verdictOn(index, metricWords[metric].title, noted === value, `computed again from what was noted: ${noted ?? ''}`, `the report says ${value ?? ''}, what was noted ${noted ?? 'has nothing of it'}`);
    }),
  ];
}
