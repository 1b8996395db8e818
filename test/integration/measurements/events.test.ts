import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../electron/contract/measurements.ts';
import type { MetricName, Reading } from '../../../electron/contract/metrics.ts';
import { provingGuests } from '../../../electron/core/accelerators/provingGuest.ts';
import { runProcess } from '../../../electron/host/process/runProcess.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, addKernel, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

function reading({ metrics }: Sample, metric: MetricName): Reading | undefined {
  return metrics?.readings.find((candidate) => candidate.metric === metric);
}

describe.each([
  { entry: 'builtin-i386', architecture: 'i386' as const, entryText: 'int 0x21' },
  { entry: 'builtin-arm', architecture: 'arm' as const, entryText: 'svc' },
])('a window of $entry', ({ entry, architecture, entryText }) => {
  it.skipIf(!canRun({ architecture }))('has the calls of its load, each with its name and latency, and the trace they were read from', async () => {
    const { client, directory } = await openMeasuringLab();
    const guest = await addGuest(client, entry);
    const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`, `${directory}/data/consoles`]);
    const calls = randomInt(500, 2_000);
    const { run, samples } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: `calls ${calls}`, metrics: ['instructions', 'systemCalls', 'contextSwitches', 'addressSpaceSwitches', 'pageFaults'] } });
    expect(run).toMatchObject({ state: 'done', failure: null, kind: 'syscalls', plan: { events: { instrument: 'plugin', window: { from: 'lastPhase', durationSeconds: null } } } });
    for (const sample of samples) {
      expect(sample).toMatchObject({ outcome: 'complete', failure: null, metrics: { failures: [] } });
      const times = sample.metrics?.calls?.rows.filter(({ name }) => /times/i.test(name)) ?? [];
      expect(times.reduce((sum, { count }) => sum + count, 0)).toBe(calls);
      expect(times[0]).toMatchObject({ latencyNs: { count: expect.any(Number) as number }, latencyInstructions: { median: expect.any(Number) as number } });
      expect(sample.metrics?.calls?.entries.map(({ entry: words }) => words)).toContain(entryText);
      expect(reading(sample, 'systemCalls')).toMatchObject({ certainty: 'measured', instrument: 'plugin', resolution: 1 });
      expect(reading(sample, 'systemCalls')?.value).toBe(sample.metrics?.calls?.total);
      const { fromInstructions, toInstructions } = sample.metrics?.window ?? {};
      expect(fromInstructions).toBeGreaterThan(10_000);
      expect((toInstructions ?? 0) - (fromInstructions ?? 0)).toBe(reading(sample, 'instructions')?.value);
      // This kernel loads an address space when, and only when, it goes on with another process: two ways to count the same.
      expect(reading(sample, 'contextSwitches')).toMatchObject({ certainty: 'measured', technique: 'plugin at the kernel’s switch symbol (address_space_load)', reason: null });
      expect(reading(sample, 'contextSwitches')?.value).toBe(reading(sample, 'addressSpaceSwitches')?.value);
      const [evidence] = sample.metrics?.evidence ?? [];
      expect(evidence).toMatchObject({ format: 'petri-trace', cut: null });
      expect(evidence?.bytes).toBeGreaterThan(calls * 100);
    }
    leaks.check();
  });
});

describe('a measurement with events', () => {
  it('refuses a load that cannot be typed, and logical time with several CPUs, before anything is booted', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    await client.guests.update({ id: guest, change: { machine: { ...(await client.guests.get({ id: guest })).definition.machine, cpus: 2 } } });
    await expect(client.measurements.start({ kind: 'boot', subjects: [{ guest }], events: { logicalTime: true } })).rejects.toMatchObject({ code: 'LOGICAL_TIME_REFUSED' });
  });

  it.each([
    { entry: 'builtin-i386', architecture: 'i386' as const },
    { entry: 'builtin-arm', architecture: 'arm' as const },
  ])('counts the same to the last instruction in every boot of $entry in logical time', async ({ entry, architecture }) => {
    if (!canRun({ architecture })) return;
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client, entry);
    const metrics: MetricName[] = ['instructions', 'systemCalls', 'pageFaults', 'addressSpaceSwitches'];
    const { samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 5, warmUps: 0, events: { logicalTime: true, metrics } });
    const counts = samples.map((sample) => metrics.map((metric) => reading(sample, metric)?.value));
    expect(counts).toHaveLength(5);
    expect(new Set(counts.map(String)).size).toBe(1);
    expect(counts[0]?.[0]).toBeGreaterThan(10_000);
    const symbols = samples.map(({ phases }) => phases.map(({ symbol }) => symbol?.instructions ?? null));
    expect(symbols[0]).not.toContain(null);
    expect(new Set(symbols.map(String)).size).toBe(1);
  });

  it('counts a boot without logical time up to the symbol of its last phase, or to the stamp of a phase that has none', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const metrics: MetricName[] = ['instructions', 'interrupts'];
    const boot = { kind: 'boot' as const, subjects: [{ guest }], runs: 1, warmUps: 0, events: { metrics } };
    const [sample] = (await measure(client, boot)).samples;
    const last = sample?.phases.at(-1);
    expect(sample && reading(sample, 'instructions')).toMatchObject({ value: last?.symbol?.instructions, reason: null });
    expect(sample?.metrics?.window).toMatchObject({ fromNs: 0, fromInstructions: 0, toInstructions: last?.symbol?.instructions, toNs: expect.closeTo(last?.symbol?.atNs ?? 0, -1) as number });
    const unseen = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 1, warmUps: 0, events: { instrument: 'gdbstub', metrics: ['pageFaults', 'minorPageFaults'], durationSeconds: 0.5 } });
    expect(unseen.samples[0]?.metrics).toMatchObject({ memory: null, readings: [{ certainty: 'unavailable', value: null }, { metric: 'minorPageFaults', certainty: 'unavailable', value: null }] });
    const kernel = join(scratch(), 'kernel');
    await runProcess('strip', ['-o', kernel, join(import.meta.dirname, '../../../images', provingGuests.i386.kernel)], { timeLimitMs: 10_000 });
    const [stamped] = (await measure(client, { ...boot, subjects: [{ guest: await addKernel(client, kernel) }] })).samples;
    const end = stamped?.phases.at(-1);
    expect(stamped?.metrics?.window.toNs).toBe(end?.status === 'seen' ? end.atNs : null);
    expect(stamped && reading(stamped, 'instructions')?.reason).toMatch(/last event before the stamp/);
  });

  it('gives no time of a load that was not done when its duration or the time limit was over', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    // The serial port needs more than twenty seconds for so many bytes.
    const events = { load: 'flood 10000000', metrics: ['instructions', 'workTime', 'workRate'] as MetricName[] };
    const started = { kind: 'syscalls' as const, subjects: [{ guest }], runs: 1, warmUps: 0 };
    const unfinished = { certainty: 'unavailable', value: null, reason: 'the load was not done when the window ended' };
    for (const limited of [{ events: { ...events, durationSeconds: 0.5 } }, { events, timeLimitSeconds: 6 }]) {
      const [sample] = (await measure(client, { ...started, ...limited })).samples;
      expect(sample).toMatchObject({ outcome: 'complete', metrics: { readings: [{ certainty: 'measured' }, unfinished, unfinished] } });
    }
  });
});
