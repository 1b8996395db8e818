// Traces that become too large, for their limit or for the disk. Counts stay exact; what was read from the trace alone is not given out.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import type { MetricName, Reading } from '../../../electron/contract/metrics.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { addGuest, follow, measure } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { refusal, wordsOf } from '../../support/refusal.ts';
import { canMount, cannotMount, fillDisk, smallDisk } from '../../support/smallDisk.ts';

const draw = drawNumbers('traces that are too large');
const canWatch = canRun({ architecture: 'i386' }) && hasProgram('cc');
const isLong = process.env['PETRI_LONG'] !== undefined;
const METRICS: MetricName[] = ['systemCalls', 'pageFaults', 'ipcRoundTrips'];

let place: LabPlace;
let mounted: string | null = null;
beforeEach(() => void (place = makeLabPlace()));
afterEach(async () => {
  if (mounted !== null) spawnSync('umount', ['-l', mounted]);
  mounted = null;
  await place.close();
});

function reading(sample: Sample | undefined, metric: MetricName): Reading | undefined {
  return sample?.metrics?.readings.find((candidate) => candidate.metric === metric);
}

/** How many calls a load makes when all of it is in the trace. */
async function callsOf(client: LabClient, guest: string, load: string): Promise<number> {
  const { samples: [whole] } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load, metrics: METRICS } });
  expect(whole).toMatchObject({ metrics: { failures: [], evidence: [{ cut: null }] } });
  expect(reading(whole, 'ipcRoundTrips')?.certainty).toBe('measured');
  return reading(whole, 'systemCalls')?.value ?? NaN;
}

describe.skipIf(!canWatch)('a trace at its limit', () => {
  test('is cut and kept; the plugin counts on to the last call, and what stands in the trace alone is unavailable with its reason', async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    const [calls, traceLimitBytes] = [draw(3_000, 5_000), draw(100_000, 300_000)];
    const exact = await callsOf(client, guest, `calls ${calls} int21`);
    const { run, samples } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: `calls ${calls} int21`, metrics: METRICS, traceLimitBytes } });
    expect(run).toMatchObject({ state: 'done', failure: null });
    for (const sample of samples) {
      // The ticks of the timer let other processes call, too: how often depends on how long the host takes.
      expect(Math.abs((reading(sample, 'systemCalls')?.value ?? 0) - exact)).toBeLessThan(calls / 10);
      expect(reading(sample, 'systemCalls')?.value).toBeGreaterThanOrEqual(calls);
      expect(reading(sample, 'ipcRoundTrips')).toMatchObject({ certainty: 'unavailable', value: null, reason: expect.stringContaining(`its limit of ${traceLimitBytes} bytes`) as string });
      const [evidence] = sample.metrics?.evidence ?? [];
      expect(evidence).toMatchObject({ digest: expect.any(String) as string, cut: `its limit of ${traceLimitBytes} bytes` });
      expect(evidence?.bytes).toBeLessThanOrEqual(traceLimitBytes);
      const [failure] = sample.metrics?.failures ?? [];
      expect(failure).toMatchObject({ code: 'TRACE_CUT', details: { limitBytes: traceLimitBytes, events: expect.any(Number) as number } });
      if (failure !== undefined) expect(wordsOf(failure).fix).toContain('kept and whole up to the cut');
      expect(await client.measurements.evidence({ run: run.id, index: sample.index, offset: 0, limit: 5 })).toMatchObject({ digest: evidence?.digest });
    }
    expect(summariseRun(run, samples, []).subjects[0]?.events?.notes.join('\n')).toMatch(/sample 0: the trace ends early: its limit of \d+ bytes\n.*TRACE_CUT/);
  });

  test('of QEMU’s own log ends the counting with it, which is said instead of a number that is too small', async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    const { samples: [sample] } = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: 'faults 3000', instrument: 'eventLog', metrics: ['pageFaults'], traceLimitBytes: 200_000 } });
    expect(sample).toMatchObject({ outcome: 'complete', metrics: { failures: [{ code: 'TRACE_CUT' }], evidence: [{ cut: expect.stringContaining('200000') as string }] } });
    expect(reading(sample, 'pageFaults')).toMatchObject({ certainty: 'unavailable', value: null });
  });

  test('makes room for newer ones when all traces are more than are kept: the oldest go, and their samples say so', async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    await client.settings.update({ traceRetentionBytes: 1_000_000 });
    const { run, samples: [old, recent] } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: 'calls 3000 int21', metrics: ['systemCalls'], traceLimitBytes: 700_000 } });
    expect([old, recent].map((sample) => reading(sample, 'systemCalls')?.value ?? 0)).toEqual([expect.any(Number), expect.any(Number)]);
    const { details, fix } = await refusal('TRACE_LET_GO', [place.runDirectory], () => client.measurements.evidence({ run: run.id, index: 0, offset: 0, limit: 5 }));
    expect(details).toMatchObject({ digest: old?.metrics?.evidence[0]?.digest, limitBytes: 1_000_000 });
    expect(fix).toContain('raise "Traces kept" in the settings');
    expect((await client.measurements.evidence({ run: run.id, index: 1, offset: 0, limit: 5 })).lines).toHaveLength(5);
  });

  test.skipIf(!isLong)('of 2 GB is cut there, and the counts go on (long)', { timeout: 3_600_000 }, async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    const calls = 12_000_000;
    const { run: { plan }, samples: [sample] } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: `calls ${calls} int21`, metrics: ['systemCalls'] } });
    expect(plan.events?.traceLimitBytes).toBe(2_000_000_000);
    expect(reading(sample, 'systemCalls')?.value).toBeGreaterThanOrEqual(calls);
    expect(sample?.metrics).toMatchObject({ failures: [{ code: 'TRACE_CUT' }], evidence: [{ cut: 'its limit of 2000000000 bytes' }] });
    expect(sample?.metrics?.evidence[0]?.bytes).toBeGreaterThan(1_990_000_000);
  });
});

describe.skipIf(!canWatch || !canMount)(`a disk without room for a trace (${canMount ? 'on a small disk' : cannotMount})`, () => {
  test('is said when the limit is asked for, before anything is booted; without a wish the limit is what fits', async () => {
    const { client } = await place.open({ dataDirectory: join(smallDisk(16_384), 'data') });
    const guest = await addGuest(client);
    const start = { kind: 'syscalls' as const, subjects: [{ guest }], runs: 1, warmUps: 0 };
    const { details, evidence } = await refusal('SPACE_TOO_SMALL', [place.runDirectory], () => client.measurements.start({ ...start, events: { load: 'calls 9', traceLimitBytes: 64_000_000 } }));
    expect(details.neededBytes).toBe(64_000_000);
    expect(evidence.join()).toContain('64000000 bytes are needed');
    expect(await client.measurements.list()).toEqual([]);
    // Two events of some hundred bytes for each call are more than this disk holds.
    const { run, samples: [sample] } = await measure(client, { ...start, events: { load: 'calls 90000', metrics: ['systemCalls'] } });
    expect(run).toMatchObject({ state: 'done', failure: null });
    expect(reading(sample, 'systemCalls')?.value).toBeGreaterThanOrEqual(90_000);
    expect(sample?.metrics).toMatchObject({ failures: [{ code: 'TRACE_CUT' }] });
    expect(sample?.metrics?.evidence[0]?.bytes).toBeLessThan(16_384 * 1_024);
  });

  test('that fills in a window cuts the trace with the system’s error, and the sample is kept with its counts', async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    const traces = join(place.dataDirectory, 'traces');
    mountOn(traces, 24);
    const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: 'calls 8000', metrics: METRICS } });
    await follow(client, id, (event) => {
      if (event.type === 'phase' && event.index === 0 && event.stamp.name === 'shell_prompt') fillDisk(traces);
      if (event.type === 'sample') rmSync(join(traces, 'ballast'), { force: true });
    });
    const { run, samples: [cut, whole] } = await client.measurements.get({ id });
    expect(run).toMatchObject({ state: 'done', failure: null });
    expect(cut).toMatchObject({ outcome: 'complete', metrics: { failures: [{ code: 'DISK_FULL' }], evidence: [{ cut: expect.stringContaining('error 28') as string }] } });
    expect(reading(cut, 'systemCalls')?.value).toBeGreaterThanOrEqual(8_000);
    expect(reading(cut, 'ipcRoundTrips')).toMatchObject({ certainty: 'unavailable' });
    expect(whole).toMatchObject({ outcome: 'complete', metrics: { failures: [], evidence: [{ cut: null }] } });
  });

  test('that fills while the serial port is traced ends the boot at once and says so, and the next one is measured', async () => {
    const { client } = await place.open();
    const guest = await addGuest(client);
    const traces = join(place.dataDirectory, 'traces');
    mountOn(traces, 24);
    // A day: without its stamps a boot would wait for its end that long.
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest, extraArguments: 'delay=memory_init:1500' }], runs: 2, warmUps: 0, timeLimitSeconds: 86_400 });
    await follow(client, id, (event) => {
      if (event.type === 'phase' && event.index === 0) fillDisk(traces);
      if (event.type === 'sample') rmSync(join(traces, 'ballast'), { force: true });
    });
    const { run, samples: [cut, whole] } = await client.measurements.get({ id });
    expect(run).toMatchObject({ state: 'done', failure: null });
    expect(cut).toMatchObject({ failure: { code: 'DISK_FULL', details: { path: traces } } });
    expect(whole).toMatchObject({ outcome: 'complete', failure: null });
  });

  test('that fills altogether ends the run with DISK_FULL; its samples are intact, and it goes on when there is room', async () => {
    const disk = smallDisk(32_768);
    const { client } = await place.open({ dataDirectory: join(disk, 'data') });
    const guest = await addGuest(client);
    const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 3, warmUps: 0, events: { load: 'calls 4000', metrics: METRICS } });
    let ballast = '';
    await follow(client, id, (event) => {
      if (event.type === 'phase' && event.index === 1 && event.stamp.name === 'shell_prompt') ballast = fillDisk(disk);
    });
    const full = await client.measurements.get({ id });
    expect(full.run).toMatchObject({ state: 'failed', failure: { code: 'DISK_FULL' } });
    expect(full.samples.length).toBeGreaterThanOrEqual(1);
    expect(full.samples[0]).toMatchObject({ metrics: { failures: [], evidence: [{ cut: null }] } });
    rmSync(ballast);
    await client.measurements.resume({ id });
    await follow(client, id);
    const after = await client.measurements.get({ id });
    expect(after.run).toMatchObject({ state: 'done', failure: null });
    expect(after.samples.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(after.samples.slice(0, full.samples.length)).toEqual(full.samples);
  });
});

/** A small file system in the place of a directory, until the test is over. */
function mountOn(path: string, mebibytes: number): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  mounted = path;
}
