// Measurements with events, as whole commands against a real lab and a real QEMU.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootDiff, guestLoad } from '../../../electron/contract/measurements.ts';
import { reading } from '../../../electron/contract/metrics.ts';
import { report as reportSchema, type Report } from '../../../electron/contract/reports.ts';
import type { MetricSummary } from '../../../electron/contract/summaries.ts';
import { makeCommandLine, type CommandLine, type Finished } from '../../support/commandLine.ts';

// One lab for all: it builds its plugin once.
let cli: CommandLine;
beforeAll(() => void (cli = makeCommandLine()));
afterAll(() => cli.close());

/** The name of the catalog's own guest: from the second test on there are two of that entry. */
const GUEST = 'Petri for i386';
const json = ({ out }: Finished): unknown => JSON.parse(out);
const reportOf = (finished: Finished): Report => {
  expect(finished, finished.error).toMatchObject({ exitCode: 0 });
  return reportSchema.parse(json(finished));
};
const metricOf = ({ summary }: Report, name: string): MetricSummary | undefined => summary.subjects[0]?.events?.metrics.find(({ metric }) => metric === name);

describe('system calls of a load', () => {
  test('are ranked, read again, traced, compared and reported, also by the words of the MINIX analysis', async () => {
    const calls = randomInt(500, 1_500);
    const measured = reportOf(await cli.run('measure', 'syscalls', 'builtin-i386', '--load', `calls:${calls}`, '--runs', '4', '--warm-ups', '0', '--json'));
    expect(measured.run.plan).toMatchObject({ runs: 4, warmUps: 0, events: { load: `calls ${calls}` } });
    const events = measured.summary.subjects[0]?.events;
    expect(events?.ranking[0]).toMatchObject({ rank: 1, name: 'SYS_TIMES', count: { min: calls, max: calls, count: 4 }, latencyNs: { count: 4 * calls } });
    expect(metricOf(measured, 'workRate')).toMatchObject({ certainty: 'measured', instrument: 'console', technique: expect.stringContaining('calls in a second') as string });

    const text = await cli.run('report', '--metric', 'syscalls', '--arch', 'i386', '--format', 'text');
    expect(text.out).toMatch(new RegExp(String.raw`1 {2}SYS_TIMES +kernel +${calls.toLocaleString('en')} `));
    expect(text.out).toContain(`while the guest did "calls ${calls}"`);

    const traced = json(await cli.run('trace', 'last', '0', '--search', 'call int 0x21', '--limit', '3', '--json')) as { lines: string[]; digest: string };
    expect(traced.lines).toHaveLength(3);
    expect(traced.digest).toBe(measured.samples[0]?.metrics?.evidence[0]?.digest);
    const marks = json(await cli.run('trace', 'last', '0', '--kind', 'marks', '--json')) as { lines: string[]; digest: string };
    expect([marks.lines[0], marks.lines[1]?.split(' ')[0]]).toEqual(['petri-marks 1', 'spawn']);
    const printed = await cli.run('trace', 'last', '0', '--kind', 'serial', '--limit', '500');
    expect(printed.out).toContain('scheduler_ready');
    expect(await cli.run('trace', 'last', '99')).toMatchObject({ exitCode: 3, error: expect.stringContaining('sample') as string });

    const again = await cli.run('measure', '--metric', 'syscalls', '--arch', 'i386', '--load', `calls:${2 * calls}`, '--runs', '4', '--warm-ups', '0');
    expect(again).toMatchObject({ exitCode: 0, error: expect.stringMatching(/boot 4\/4[^]*kept as run-/) as string });
    const compared = await cli.run('compare', '--metric', 'syscalls', '--arch', 'i386');
    expect(compared.out).toMatch(/^Instructions .* ratio only +decides/m);
    expect(compared.out).toContain('They did different work: “calls');
    expect(compared.out).not.toContain('shell_prompt');
    expect(compared.out).toContain('against published values');
  });

  test('for a time, of a guest that is named by its container, which is not kept', async () => {
    await cli.run('guest', 'create', 'builtin-i386', '--name', 'minix-rc6-i386');
    const measured = reportOf(await cli.run('measure', '--metric', 'memory', '--arch', 'i386', '--container', 'minix-rc6-i386', '--duration', '0.5', '--runs', '1', '--warm-ups', '0', '--no-save', '--json'));
    expect(measured.run).toMatchObject({ kind: 'memory', saved: false, subjects: [{ label: 'minix-rc6-i386' }] });
    expect(metricOf(measured, 'l1DataMisses')).toMatchObject({ certainty: 'modelled' });
    expect(metricOf(measured, 'workTime')).toBeUndefined();
    expect(await cli.run('measure', '--metric', 'memory', '--arch', 'arm', '--container', 'minix-rc6-i386')).toMatchObject({ exitCode: 2, error: expect.stringContaining('is a guest for i386') as string });
    expect(await cli.run('measure', '--metric', 'boot', '--container', 'nobody')).toMatchObject({ exitCode: 3 });
  });

  test('that are cancelled by Ctrl-C keep what was good, and go on where they were', async () => {
    const measuring = cli.start('measure', 'ipc', GUEST, '--load', 'ipc:50', '--runs', '12', '--warm-ups', '0');
    await measuring.until(/boot 3\//);
    measuring.interrupt();
    const cancelled = await measuring.finished;
    expect(cancelled.exitCode).toBe(130);
    expect(cancelled.error).toMatch(/what is finished of run-\S+ is kept; go on with: petri measure resume run-/);
    const kept = reportSchema.parse(json(await cli.run('report', 'last', '--json')));
    expect(kept.run.state).toBe('cancelled');
    expect(kept.summary.subjects[0]?.events?.roundTrips?.count.min).toBeGreaterThanOrEqual(50);
    const whole = reportSchema.parse(json(await cli.run('measure', 'resume', 'last', '--json')));
    expect(whole.run).toMatchObject({ id: kept.run.id, state: 'done' });
    expect(whole.samples.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(whole.samples.slice(0, kept.samples.length)).toEqual(kept.samples);
  });
});

describe('a guest before it is measured', () => {
  test('says its loads and what would be measured; a load that it cannot do is refused before anything is booted', async () => {
    const loads = guestLoad.array().parse(json(await cli.run('measure', 'loads', GUEST, '--json')));
    expect(loads.find(({ id }) => id === 'diskRead')?.impossible).toBe('the guest has no IDE disk');
    expect(await cli.run('measure', 'syscalls', GUEST, '--load', 'diskRead')).toMatchObject({ exitCode: 2, error: expect.stringContaining('no IDE disk') as string });
    expect(await cli.run('measure', 'syscalls', GUEST, '--load', 'calls:0')).toMatchObject({ exitCode: 2, error: expect.stringContaining('from 1 to') as string });

    const outlook = reading.array().parse(json(await cli.run('measure', 'outlook', GUEST, '--json')));
    expect(outlook.find(({ metric }) => metric === 'systemCalls')).toMatchObject({ certainty: 'measured', instrument: 'plugin', value: null });
    expect(outlook.find(({ metric }) => metric === 'cacheMisses')).toMatchObject({ certainty: 'modelled' });
    expect(outlook.find(({ metric }) => metric === 'networkBytesSent')).toMatchObject({ certainty: 'unavailable', reason: expect.stringContaining('no network') as string });
    expect((await cli.run('measure', 'outlook', GUEST)).out).toMatch(/System calls +measured +plugin/);
  });

  test('reads and writes as many bytes of its disk as it is told', async () => {
    const sectors = randomInt(64, 512);
    await cli.run('disk', 'create', 'Small', '1M');
    await cli.run('guest', 'create', 'builtin-i386', '--name', 'Disks', '--disk', 'Small:ide');
    const read = reportOf(await cli.run('measure', 'syscalls', 'Disks', '--load', `diskRead:0,${sectors}`, '--runs', '1', '--warm-ups', '0', '--json'));
    expect(metricOf(read, 'blockBytesRead')).toMatchObject({ instrument: 'qmp', statistics: { median: sectors * 512 } });
    const written = reportOf(await cli.run('measure', 'syscalls', 'Disks', '--load', `diskWrite:0,${sectors}`, '--runs', '1', '--warm-ups', '0', '--json'));
    expect(metricOf(written, 'blockBytesWritten')).toMatchObject({ statistics: { median: sectors * 512 } });
    expect(metricOf(written, 'blockBytesRead')).toMatchObject({ statistics: { median: 0 } });
  });
});

describe('two boots', () => {
  test('of the same guest in logical time are the same to the instruction, and part where one does something else', async () => {
    const options = ['--logical-time', '--warm-ups', '0', '--arguments', '', '--arguments', 'entry=int21', '--runs', '2'];
    const { run, samples } = reportSchema.parse(json(await cli.run('measure', 'boot', GUEST, GUEST, ...options, '--json')));
    const of = (subject: string): number[] => samples.flatMap((sample) => (sample.subject === subject ? [sample.index] : []));
    const [[a = 0, again = 0], [b = 0]] = [of('a'), of('b')];

    const same = await cli.run('diff', `last:${a}`, `last:${again}`, '--json');
    expect(same.exitCode).toBe(0);
    expect(bootDiff.parse(json(same))).toMatchObject({ exact: true, events: { divergence: null } });

    const other = await cli.run('diff', `last:${a}`, `last:${b}`);
    expect(other).toMatchObject({ exitCode: 4, out: expect.stringMatching(/The events part at number \d+ .*to the instruction/) as string });
    expect(other.out).toMatch(/\n {2}A .*\n {2}B /);
    expect(await cli.run('diff', 'last', 'last:0')).toMatchObject({ exitCode: 2, error: expect.stringContaining('RUN:SAMPLE') as string });

    const profiled = reportSchema.parse(json(await cli.run('measure', 'boot', GUEST, '--logical-time', '--warm-ups', '0', '--runs', '1', '--profile', '10000', '--json')));
    const beside = await cli.run('diff', `${run.id}:${a}`, `${profiled.run.id}:0`, '--json');
    expect(bootDiff.parse(json(beside))).toMatchObject({ events: { divergence: null, leftOut: ['only B recorded the profile'] }, says: expect.stringContaining('Left out of both: only B recorded the profile.') as string });
  });
});
