import { describe, expect, test } from 'vitest';
import { renderComparisonTable } from '../../../electron/cli/render/comparison.ts';
import { renderDiff } from '../../../electron/cli/render/diff.ts';
import { renderEvents } from '../../../electron/cli/render/events.ts';
import { renderLoads, renderOutlook } from '../../../electron/cli/render/loads.ts';
import { intervalText, numberText, valueText, withInterval } from '../../../electron/cli/render/numbers.ts';
import { eventWishes } from '../../../electron/cli/run/planMeasurement.ts';
import { modelOption } from '../../../electron/cli/run/modelOption.ts';
import { paint } from '../../../electron/cli/run/terminal.ts';
import type { EventPlan, MeasurementKind, Sample } from '../../../electron/contract/measurements.ts';
import { compareMany } from '../../../electron/core/measurements/compareMany.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { describe as describeSeries } from '../../../electron/core/statistics/describe.ts';
import { distribution, makeMetrics, reading, sampleWith } from '../measurements/events.ts';
import { makeRun, makeSample, makeSubject } from '../measurements/runs.ts';

const plain = paint(false);
const plan: EventPlan = {
  instrument: 'plugin', metrics: ['systemCalls'], window: { from: 'lastPhase', durationSeconds: null }, load: 'calls 1000', logicalTime: false, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1e9,
};

function rendered(kind: MeasurementKind, samples: readonly Sample[]): string {
  const run = { ...makeRun(undefined, { kind }), plan: { ...makeRun().plan, events: plan } };
  const [subject] = summariseRun(run, samples, []).subjects;
  if (subject === undefined) throw new Error('no subject');
  return renderEvents({ run, subject }, plain);
}

describe('numbers in a terminal', () => {
  test('have their thousands apart, their unit, and never more digits than they mean', () => {
    expect([0, 999, 1_000, 1_234_567, 0.5, 12.345].map(numberText)).toEqual(['0', '999', '1,000', '1,234,567', '0.500', '12.3']);
    expect([valueText(1_500_000, 'ns'), valueText(2_048, 'bytes'), valueText(3, 'pages'), valueText(5_000, 'perSecond'), valueText(0.915, 'ratio'), valueText(7, 'count')]).toEqual(['1.50 ms', '2 KiB', '3 pages', '5,000 /s', '91.5 %', '7']);
  });

  test('stand before their interval, with a comma where it is in words', () => {
    const text = (values: readonly number[]): string => {
      const statistics = describeSeries(values, { unit: 'count', seed: 1 });
      return statistics === null ? 'none' : withInterval('5', statistics);
    };
    expect([text([5]), text([5, 5]), text([5, 7])]).toEqual(['5', '5, the same in all 2', '5, range of 2: 5 to 7']);
    expect(text([5, 6, 7, 8, 9])).toMatch(/^5 \[\d+, \d+\]$/);
  });

  test('of several boots say when all are the same, and nothing of one alone', () => {
    const text = (values: readonly number[]): string => {
      const statistics = describeSeries(values, { unit: 'count', seed: 1 });
      return statistics === null ? 'none' : intervalText(statistics);
    };
    expect([text([5]), text([5, 5]), text([5, 7])]).toEqual(['', 'the same in all 2', 'range of 2: 5 to 7']);
    expect(text([5, 6, 7, 8, 9])).toMatch(/^\[\d+, \d+\]$/);
  });
});

describe('system calls in a terminal', () => {
  test('are ranked with count, share, errors, latency and instructions, and each number says how it was obtained', () => {
    const readings = [reading({ value: 3, calibration: 'out', overhead: 1.2 }), reading({ metric: 'cacheMisses', certainty: 'modelled', calibration: 'never', value: 12 }), reading({ metric: 'contextSwitches', certainty: 'unavailable', value: null, reason: 'no symbol is known' })];
    const text = rendered('syscalls', [0, 1, 2].map((at) => sampleWith(at, makeMetrics({ readings, times: [1_000, 2_000, 3_000] }))));
    expect(text).toContain('while the guest did "calls 1000"');
    expect(text).toMatch(/1 {2}SYS_TIMES {2}kernel +3 +100\.0 % +0 +2,0\d\d +3,000 +3,000 +–/);
    expect(text).toContain('System calls: 3 in a sample (median of 3; 9 in all 3 together); by int 0x21 100.0 %; counts below are medians of a sample');
    expect(text).toContain('Measured, OUT OF CALIBRATION\n');
    expect(text).toContain('Modelled, not calibrated');
    expect(text).toContain('Context switches: no symbol is known');
    expect(text).toContain('verified: on a real boot');
  });

  test('of a trace that was cut say how many there are up to the cut, and how many in all', () => {
    const metrics = makeMetrics({ readings: [reading({ value: 9 })] });
    expect(rendered('syscalls', [sampleWith(0, metrics)])).toContain('System calls: 3 up to where a trace was cut, of 9 in all; by int 0x21 3');
    expect(rendered('syscalls', [0, 1].map((at) => sampleWith(at, metrics)))).toContain('(median of 2; 6 up to where a trace was cut, of 18 in all 2 together)');
  });

  test('of a system whose names nobody checked say so', () => {
    const metrics = makeMetrics();
    expect(rendered('syscalls', [sampleWith(0, { ...metrics, calls: metrics.calls && { ...metrics.calls, verified: null } })])).toContain('NOT VERIFIED');
  });

  test('are cut after 25, with what is left out', () => {
    const metrics = makeMetrics();
    const rows = Array.from({ length: 30 }, (_, at) => ({ process: 'p', name: `CALL_${at}`, number: at, group: 'g', count: 100 - at, errors: null, unreturned: 0, latencyNs: null, latencyInstructions: null }));
    const text = rendered('syscalls', [sampleWith(0, { ...metrics, calls: metrics.calls && { ...metrics.calls, rows, total: rows.reduce((sum, { count }) => sum + count, 0) } })]);
    expect(text).toContain('… and 5 more with 365 calls');
    expect(text).not.toContain('CALL_25');
  });

  test('cannot hide an escape sequence in their names', () => {
    const metrics = makeMetrics();
    const [row] = metrics.calls?.rows ?? [];
    if (row === undefined || metrics.calls === null) throw new Error('no row');
    expect(rendered('syscalls', [sampleWith(0, { ...metrics, calls: { ...metrics.calls, rows: [{ ...row, name: 'x\u001b[2J' }] } })])).toContain(String.raw`x\x1b[2J`);
  });
});

describe('memory and messages in a terminal', () => {
  test('have ratios, severity and advice with what it rests on', () => {
    const memory = {
      faults: { total: 5, minor: 5, major: 0, user: 5, kernel: 0, writes: 5, executes: 0, protection: 0, severity: 'high' as const, why: '5 faults in 2 ms.', latencyNs: distribution([100, 200]) },
      model: null,
      recommendations: [{ rule: 'prefault', text: 'Touch pages before they are needed.', because: ['5 faults in 2 ms'] }],
    };
    const text = rendered('memory', [sampleWith(0, makeMetrics({ memory }))]);
    expect(text).toContain('Page faults: high. 5 faults in 2 ms. A fault takes');
    expect(text).toContain('Touch pages before they are needed. (prefault; samples 0)');
    expect(text).toContain('because 5 faults in 2 ms');
  });

  test('have round trips with their latency, or why there are none', () => {
    const metrics = makeMetrics();
    const roundTrips = { count: 3, latencyNs: distribution([10, 20, 30]), latencyInstructions: null };
    expect(rendered('ipc', [sampleWith(0, { ...metrics, calls: metrics.calls && { ...metrics.calls, roundTrips } })])).toMatch(/IPC round trips: 3\n.*min.*\n.*\nns +10 +20 +30 +30 +30 +20/);
    expect(rendered('ipc', [sampleWith(0, metrics)])).toContain('no calls that are messages');
  });

  test('that were counted and not paired with their returns say so', () => {
    const unpaired = reading({ metric: 'ipcRoundTrips', certainty: 'unavailable', value: null, reason: 'the log has no returns' });
    const text = (readings: ReturnType<typeof reading>[]): string => rendered('ipc', [sampleWith(0, makeMetrics({ readings, calls: null }))]);
    expect(text([reading({ value: 357 }), unpaired])).toMatch(/^IPC round trips: the log has no returns/m);
    expect(text([reading({ value: 357, instrument: 'eventLog' })])).toContain('IPC round trips: eventLog counts calls and does not pair them with their returns');
    expect(text([reading({ value: 0 })])).toContain('IPC round trips: no calls were seen');
  });
});

describe('two subjects in a terminal', () => {
  test('are told apart by instructions, and times are information', () => {
    const run = makeRun([makeSubject(), makeSubject({ key: 'b', label: 'Longer' })], { kind: 'syscalls' });
    const samples = ['a', 'b'].flatMap((subject, side) => [0, 1, 2].map((at) => sampleWith(side * 3 + at, makeMetrics({ readings: [reading({ metric: 'instructions', value: 1_000 + 50 * side })] }), { subject })));
    const text = renderComparisonTable(compareMany([{ run, samples }]), [run], plain);
    expect(text.split('\n')[3]).toMatch(/^Instructions +1,000 +1,050 .* more .*decides/);
    expect(text).toContain('decided by Instructions: more.');
    expect(text).toContain('no A/A control');
  });

  test('have the phases under their titles, as in a report', () => {
    const run = makeRun([makeSubject(), makeSubject({ key: 'b', label: 'Longer' })]);
    const samples = ['a', 'b'].flatMap((subject) => [0, 1, 2, 3, 4].map((index) => makeSample(index, run.phaseTable.phases.map((_, at) => 10 * (at + 1)), { subject })));
    const text = renderComparisonTable(compareMany([{ run, samples }]), [run], plain);
    const { phases } = run.phaseTable;
    expect(phases.filter(({ title }) => text.includes(title)).length).toBeGreaterThan(1);
    expect(phases.filter(({ name, title }) => name !== title && new RegExp(`^${name}\\b`, 'm').test(text))).toEqual([]);
  });
});

describe('loads, outlooks and diffs in a terminal', () => {
  test('say how a load is named, what it is told, and what hinders it', () => {
    const text = renderLoads([{ id: 'calls', title: 'Calls', line: 'calls {count}', does: 'Makes calls.', parameters: [{ kind: 'number', name: 'count', title: 'how many', low: 1, high: 9, default: 5 }], kinds: ['syscalls'], metrics: ['systemCalls'], work: null, verified: null, impossible: 'no disk' }], plain);
    expect(text).toContain('calls:COUNT  Calls');
    expect(text).toContain('count: how many, 1 to 9, else 5');
    expect(text).toContain('not verified');
    expect(text).toContain('not in this guest: no disk');
  });

  test('say of each metric how it would be obtained, or why not', () => {
    const text = renderOutlook([reading({ value: null }), reading({ metric: 'networkBytesSent', certainty: 'unavailable', value: null, technique: '', reason: 'no network' })]);
    expect(text).toMatch(/System calls +measured +plugin/);
    expect(text).toContain('Sent: no network');
    expect(text).toContain('? where that was not measured here');
    expect(renderOutlook([])).not.toContain('cost:');
  });

  test('show the first divergence with its evidence on both sides', () => {
    const moment = { lineNs: 1e6, text: 'x', symbolNs: null, instructions: 5 };
    const text = renderDiff({ exact: true, phases: [{ name: 'p', title: 'Phase', a: moment, b: { ...moment, instructions: 6 }, differs: 'it differs' }], events: { compared: 2, divergence: { where: 'all events', a: 'one', b: null, before: ['same'] }, leftOut: [] }, says: 'They part.' }, plain);
    expect(text).toMatch(/^They part\./);
    expect(text).toContain('    same\n  A one\n  B (had ended)');
  });
});

describe('the options of a measurement', () => {
  test('are wishes for events, and a boot without any has none', () => {
    expect(eventWishes('boot', {})).toBeUndefined();
    expect(eventWishes('boot', { instrument: 'serialTrace' })).toBeUndefined();
    expect(eventWishes('boot', { instrument: 'plugin' })).toEqual({ instrument: 'plugin' });
    expect(eventWishes('syscalls', { duration: 5, load: 'x', logicalTime: true, profile: 1_000, symbols: '/s' })).toEqual({ durationSeconds: 5, load: 'x', logicalTime: true, profileEvery: 1_000, symbolFile: '/s' });
    expect(() => eventWishes('boot', { duration: 5 })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test('name the model’s caches by sets, ways and line', () => {
    expect(modelOption('l1d=32x4x64,dtlb=16x4')).toEqual({ l1Data: { sets: 32, ways: 4, lineBytes: 64 }, dataTlb: { sets: 16, ways: 4 } });
    for (const wrong of ['l1d=32x4', 'dtlb=16x4x64', 'l9=1x1x64', 'l1Data=32x4x64', 'l1d', '', 'l1d=0x4x64']) expect(() => modelOption(wrong), wrong).toThrow(/is no part of a memory model\. .+ Write for example/);
  });
});
