import { expect, it } from 'vitest';
import type { EventPlan, PhaseStamp } from '../../../electron/contract/measurements.ts';
import { buildReport } from '../../../electron/core/reports/buildReport.ts';
import { logicalPhaseTable } from '../../../electron/core/reports/logicalPhases.ts';
import { renderText } from '../../../electron/core/reports/renderText.ts';
import { builtin, makeRun, makeSample } from '../measurements/runs.ts';

const plan: EventPlan = {
  instrument: 'plugin', metrics: ['instructions'], window: { from: 'spawn', durationSeconds: null }, load: null, logicalTime: true, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1e9,
};

function reportOf(logicalTime: boolean) {
  const run = makeRun();
  const samples = [0, 1, 2].map((boot) => {
    const sample = makeSample(boot, builtin.phases.map((_, at) => 10 * (at + 1)));
    const stamped = (stamp: PhaseStamp, at: number): PhaseStamp => (at > 2 ? stamp : { ...stamp, symbol: { symbol: `f${at}`, atNs: 1, instructions: 1_000 * (at + 1) + (at === 2 ? boot : 0), instrument: 'plugin' } });
    return { ...sample, phases: sample.phases.map(stamped) };
  });
  return buildReport({ run: { ...run, plan: { ...run.plan, events: { ...plan, logicalTime } } }, samples, published: [], version: '0.1.0' });
}

it('in logical time a report has the instructions of each phase over all boots first, and marks the host’s times', () => {
  const report = reportOf(true);
  expect(logicalPhaseTable(report, 'a')?.rows.map((row) => row.slice(1))).toEqual([
    ['1,000', 'same in all 3', '1,000', 'same in all 3'],
    ['2,000', 'same in all 3', '1,001', '1,000 – 1,002'],
    ['3,001', '3,000 – 3,002', '–', ''],
  ]);
  const text = renderText(report, { columns: 100, colour: false });
  const [instructions, times] = ['phases in instructions, the guest’s clock', 'times of this host while it emulated, of no machine, in ms'].map((words) => text.indexOf(words));
  expect(instructions).toBeGreaterThan(0);
  expect(times).toBeGreaterThan(instructions ?? 0);
});

it('elsewhere times stand as they are', () => {
  const report = reportOf(false);
  expect(logicalPhaseTable(report, 'a')).toBeNull();
  expect(renderText(report, { columns: 100, colour: false })).toContain(' · times in ms · ');
});
