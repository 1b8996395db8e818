import { describe, expect, it } from 'vitest';
import { explain } from '../../../electron/contract/errors.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, addKernel, follow, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { writeStandInKernel } from '../../support/standInKernel.ts';
import { compileClockStep, wrapQemu } from '../../support/wrappedQemu.ts';

/** One boot, and a check that nothing is left running or lying about. */
async function bootOnce(kernel: Parameters<typeof writeStandInKernel>[1], timeLimitSeconds: number): Promise<Sample> {
  const { client, directory } = await openMeasuringLab();
  await client.settings.update({ bootOutputLimitBytes: 600_000 });
  const guest = await addKernel(client, writeStandInKernel(directory, kernel));
  const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`, `${directory}/data/consoles`]);
  const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 1, warmUps: 0, timeLimitSeconds });
  expect(run.state).toBe('done');
  leaks.check();
  const [sample] = samples;
  if (sample === undefined) throw new Error('no sample was kept');
  return sample;
}

function words(sample: Sample): { code: string; evidence: string; fix: string } {
  if (sample.failure === null) throw new Error('the boot did not fail');
  const { code, evidence, fix } = explain(sample.failure);
  return { code, evidence: evidence.join('\n'), fix };
}

describe('a guest that', () => {
  it('prints nothing is BOOT_SILENT at the limit', async () => {
    const sample = await bootOnce('silent', 2);
    expect(sample).toMatchObject({ outcome: 'incomplete', serialBytes: 0, serialDigest: null, firstByteNs: null });
    expect(words(sample)).toMatchObject({ code: 'BOOT_SILENT', evidence: '0 bytes on its serial port', fix: expect.stringContaining('console=') as string });
  });

  it('never ends a line is read to the limit of its output', async () => {
    const sample = await bootOnce('endlessLine', 60);
    expect(words(sample)).toMatchObject({ code: 'OUTPUT_LIMIT', evidence: expect.stringContaining('bytes on its serial port') as string, fix: expect.stringContaining('less verbose') as string });
    expect(sample.serialBytes).toBeGreaterThan(600_000);
    expect(sample.firstByteNs).toBeGreaterThan(0);
  });

  it('prints escape sequences and invalid UTF-8 is described in plain text', async () => {
    const sample = await bootOnce('everyByte', 3);
    expect(['BOOT_INCOMPLETE', 'OUTPUT_LIMIT']).toContain(words(sample).code);
    for (const stamp of sample.phases) if (stamp.status === 'missing') expect(stamp.seenLast).not.toMatch(/[\u0000-\u001f\u007f]/);
  });
});

describe('QEMU', () => {
  it.each(['kernel_starts', 'pre_init_phase', 'kmain_phase', 'cstart_phase', 'process_init', 'memory_init', 'system_init', 'scheduler_ready', 'shell_prompt'])(
    'killed in %s gives BOOT_ENDED and keeps the phases before',
    async (phase) => {
      const { client, directory } = await openMeasuringLab();
      const guest = await addGuest(client);
      const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`]);
      const { id, phaseTable } = await client.measurements.start({ kind: 'boot', subjects: [{ guest, extraArguments: `delay=${phase}:60000` }], runs: 1, warmUps: 0 });
      const position = phaseTable.phases.findIndex(({ name }) => name === phase);
      await follow(client, id, (event) => {
        if (event.type !== 'phase' || event.stamp.name !== phaseTable.phases[position - 1]?.name) return;
        for (const line of leaks.list().processes) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
      });
      const { run, samples } = await client.measurements.get({ id });
      expect(run.state).toBe('done');
      expect(samples[0]?.phases.map(({ status }) => status)).toEqual(phaseTable.phases.map((_, at) => (at < position ? 'seen' : 'missing')));
      expect(samples[0]?.failure).toMatchObject({ code: 'BOOT_ENDED', details: { signal: 'SIGKILL', missing: phaseTable.phases.slice(position).map(({ name }) => name) } });
      expect(samples[0]?.serialDigest).not.toBeNull();
      leaks.check();
    },
  );

  it('whose clock is set back in the middle of a boot gives CLOCK_STEPPED, and the sample does not count', async ({ skip }) => {
    if (!hasProgram('gcc')) skip('gcc is not installed');
    const directory = scratch();
    const { client } = await openMeasuringLab({ directory, qemuSearchPath: wrapQemu(directory, { environment: `LD_PRELOAD=${compileClockStep(directory)}` }) });
    const guest = await addGuest(client);
    const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 1, warmUps: 0, timeLimitSeconds: 20 });
    expect(samples[0]).toMatchObject({ outcome: 'failed', failure: { code: 'CLOCK_STEPPED' } });
    if (samples[0] !== undefined) expect(words(samples[0])).toMatchObject({ evidence: expect.stringContaining('wall clock moved -') as string, fix: expect.stringContaining('not used') as string });
    const step = samples[0]?.failure?.code === 'CLOCK_STEPPED' ? samples[0].failure.details.stepMs : 0;
    // Told against the stamp before it, which may be some guest's silence older.
    expect(step).toBeLessThan(-1_500);
    expect(step).toBeGreaterThanOrEqual(-3_000);
    expect(summariseRun(run, samples, []).subjects[0]).toMatchObject({ failed: 1, boot: null });
  });

  it('that does not wait until its bytes are taken loses none of them, however busy this host is', async () => {
    const directory = scratch();
    const { client } = await openMeasuringLab({ directory });
    const guest = await addKernel(client, writeStandInKernel(directory, 'impatient'));
    const { samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 1, warmUps: 0, timeLimitSeconds: 5 });
    expect(samples[0]).toMatchObject({ outcome: 'incomplete', serialBytes: 5_000, provenance: { instrument: 'serialTrace' } });
  });

  it('with a second serial port gives STAMPS_DISAGREE instead of wrong times', async () => {
    const directory = scratch();
    const { client } = await openMeasuringLab({ directory, qemuSearchPath: wrapQemu(directory, { extra: '-serial null' }) });
    const guest = await addKernel(client, writeStandInKernel(directory, 'twoPorts'));
    const { samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 1, warmUps: 0, timeLimitSeconds: 20 });
    expect(samples[0]).toMatchObject({ outcome: 'failed', failure: { code: 'STAMPS_DISAGREE', details: { byteOffset: 0, stamped: expect.stringContaining('x') as string, received: '"y"' } } });
  });

  it('that does not start ends the run with its own words', async () => {
    const directory = scratch();
    const { client } = await openMeasuringLab({ directory, qemuSearchPath: wrapQemu(directory, { extra: '-nonsense' }) });
    const guest = await addGuest(client);
    const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 3, warmUps: 0 }).catch((error: unknown) => ({ run: { state: 'refused', failure: error }, samples: [] }));
    expect(samples).toHaveLength(0);
    expect(JSON.stringify(run.failure)).toContain('nonsense');
  });
});
