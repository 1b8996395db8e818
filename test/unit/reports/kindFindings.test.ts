import { describe, expect, it } from 'vitest';
import type { EventPlan, MeasurementKind, Sample } from '../../../electron/contract/measurements.ts';
import { buildReport } from '../../../electron/core/reports/buildReport.ts';
import { distribution, makeMetrics, reading, sampleWith } from '../measurements/events.ts';
import { makeRun, makeSubject } from '../measurements/runs.ts';

const plan: EventPlan = {
  instrument: 'plugin', metrics: [], window: { from: 'lastPhase', durationSeconds: null }, load: null, logicalTime: false, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1e9,
};

function findingsOf(kind: MeasurementKind, samples: readonly Sample[], events: Partial<EventPlan> = {}): readonly string[] {
  const subjects = samples.some(({ subject }) => subject === 'b') ? [makeSubject(), makeSubject({ key: 'b', label: 'Longer' })] : [makeSubject()];
  const run = makeRun(subjects, { kind });
  return buildReport({ run: { ...run, plan: { ...run.plan, events: { ...plan, ...events } } }, samples, published: [], version: '0.1.0' }).findings;
}

const three = (metrics: Parameters<typeof makeMetrics>[0], change: Partial<Sample> = {}, from = 0): Sample[] => [0, 1, 2].map((at) => sampleWith(from + at, makeMetrics(metrics), change));

describe('the findings of a measurement', () => {
  it('of system calls lead with calls, and say nothing of the boot’s time', () => {
    const findings = findingsOf('syscalls', three({ readings: [reading({ value: 1_234 })] }));
    expect(findings[0]).toBe('“Built-in”, System calls in the window: 1,234 (the same in all 3 samples; measured).');
    const differing = [1, 2, 3].map((value) => sampleWith(value, makeMetrics({ readings: [reading({ value })] })));
    expect(findingsOf('syscalls', differing)[0]).toContain(': 2 (median of 3 samples, which range over [1, 3]: so few give no 95 % interval, and their range has the true median in about 75 % of such runs; measured).');
    expect(findings[1]).toMatch(/^The most frequent call is SYS_TIMES \(kernel\) with 100\.0 % of all; half of them take at most /);
    expect(findings.join('\n')).not.toMatch(/boots in|longest phase/);
  });

  it('of memory lead with faults, their severity and ratios', () => {
    const memory = { faults: { total: 5, minor: 5, major: 0, user: 5, kernel: 0, writes: 5, executes: 0, protection: 0, severity: 'high' as const, why: '5 faults in 2 ms.', latencyNs: null }, model: null, recommendations: [] };
    const findings = findingsOf('memory', three({ readings: [reading({ metric: 'pageFaults', value: 5, calibration: 'out' })], memory }));
    expect(findings[0]).toMatch(/^“Built-in”, Page faults in the window: 5 \(.*measured, OUT OF CALIBRATION\)\.$/);
    expect(findings[1]).toBe('Severity of page faults: high. 5 faults in 2 ms.');
    expect(findings.join('\n')).not.toContain('boots in');
  });

  it('of messages lead with round trips, or why there are none', () => {
    const { calls } = makeMetrics();
    if (calls === null) throw new Error('no calls');
    const roundTrips = { count: 3, latencyNs: distribution([10, 20, 30]), latencyInstructions: null };
    expect(findingsOf('ipc', three({ readings: [reading({ metric: 'ipcRoundTrips', value: 3 }), reading()], calls: { ...calls, roundTrips } }))).toEqual([
      expect.stringMatching(/^“Built-in”, IPC round trips in the window: 3 /), expect.stringMatching(/^Half of the round trips take at most .*, 99 of 100 at most /), expect.stringMatching(/^“Built-in”, System calls in the window: 100 /),
    ]);
    const none = reading({ metric: 'ipcRoundTrips', certainty: 'unavailable', value: null, reason: 'the log has no returns' });
    expect(findingsOf('ipc', three({ readings: [none] }))[0]).toBe('“Built-in”: IPC round trips are unavailable, because the log has no returns.');
  });

  it('compare subjects by what was asked for and by instructions', () => {
    const readings = (factor: number) => [reading({ value: 100 * factor }), reading({ metric: 'instructions', value: 1_000 })];
    const findings = findingsOf('syscalls', [...three({ readings: readings(1) }), ...three({ readings: readings(2) }, { subject: 'b' }, 3)]);
    expect(findings[0]).toMatch(/^“Longer” against “Built-in”, by System calls: .*with a ratio of 2\.00/);
    expect(findings[1]).toMatch(/^“Longer” against “Built-in”, by Instructions: .*with a ratio of 1\.00/);
  });

  it('in logical time are of instructions, and times are said to be no machine’s', () => {
    const findings = findingsOf('boot', three({ logicalTime: true, readings: [reading({ metric: 'instructions', value: 5_000 })] }), { logicalTime: true });
    expect(findings[0]).toContain('Instructions in the window: 5,000');
    expect(findings.join('\n')).toContain('how long that took the host is no time of a machine, and instructions are compared');
    expect(findings.join('\n')).not.toContain('boots in');
  });

  it('of a boot that an instrument watched say so of its time', () => {
    expect(findingsOf('boot', three({}), { profileEvery: 1_000 })[0]).toMatch(/boots in .*; plugin looked on, with a profile of one in 1,000 instructions, which makes it longer/);
    expect(findingsOf('boot', three({}))[0]).toMatch(/; plugin looked on, which makes it longer/);
  });

  it('of a measurement without events say that, and which boots failed', () => {
    const failed = [0, 1, 2].map((at) => sampleWith(at, null, at === 0 ? { outcome: 'failed' } : {}));
    expect(findingsOf('syscalls', failed)).toEqual(['“Built-in”: no instrument saw any events.', expect.stringContaining('1 of 3 boots failed')]);
  });
});
