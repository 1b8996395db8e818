import { describe, expect, it } from 'vitest';
import type { TimeMarks } from '../../../electron/core/measurements/timeMarks.ts';
import { noWindowMarks, readTimeMarks, timeMarksText } from '../../../electron/core/measurements/timeMarks.ts';
import { checkBeside } from '../../../electron/core/reports/checkBeside.ts';
import { makeMetrics, reading, sampleWith } from '../measurements/events.ts';

const window = { fromNs: 1, toNs: 2 };
const noted: TimeMarks = { ...noWindowMarks, pieces: [], bytes: [], spawnNs: 5n, window, counted: null, network: { bytesReceived: 130, bytesSent: 14 } };
const metrics = makeMetrics({
  window: { ...window, fromInstructions: null, toInstructions: null },
  readings: [reading({ metric: 'networkBytesReceived', value: 130, instrument: 'qmp' }), reading({ metric: 'networkBytesSent', value: 14, instrument: 'qmp' })],
});

/** After they were written and read again, as a report brings them. */
function states(marks: TimeMarks | null, value = 130): Record<string, string> {
  const changed = { ...metrics, readings: metrics.readings.map((one) => (one.metric === 'networkBytesReceived' ? { ...one, value } : one)) };
  const rows = checkBeside(sampleWith(0, changed), changed, { serial: undefined, file: undefined, marks: marks === null ? null : readTimeMarks(timeMarksText(marks)) });
  return Object.fromEntries(rows.map(({ what, state }) => [what, state]));
}

describe('what went through the network', () => {
  it('is held by what was noted of it beside the trace', () => {
    expect(states(noted)).toEqual({ window: 'good', Received: 'good', Sent: 'good' });
    expect(states(noted, 131)).toMatchObject({ Received: 'failed', Sent: 'good' });
    expect(states({ ...noted, network: null })).toMatchObject({ Received: 'failed', Sent: 'failed' });
  });

  it('is not checked where nothing came with the report', () => {
    expect(states(null)).toMatchObject({ Received: 'unchecked' });
  });
});
