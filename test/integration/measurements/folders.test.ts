import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { scratch } from '../../support/scratch.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';

/** The response that the MINIX analysis documents, as its tools write it. */
const documented = {
  timestamp: '2025-10-31T21:45:00.123456',
  architecture: 'i386',
  container: 'minix-rc6-i386',
  boot_markers: { kernel_detection: 1.23, kmain_start: 2.45, scheduler_ready: 5.67 },
  total_time_ms: 5670,
  marker_count: 8,
  success: true,
};

function put(folder: string, arch: string, name: string, content: unknown): void {
  mkdirSync(join(folder, 'measurements', arch), { recursive: true });
  writeFileSync(join(folder, 'measurements', arch, name), typeof content === 'string' ? content : JSON.stringify(content));
}

async function refusalOf(client: LabClient, folder: string): Promise<unknown> {
  return client.measurements.importFolder({ folder }).then(() => null, (error: unknown) => error);
}

it('files of the MINIX analysis become runs that say of themselves only what the files say', async () => {
  const { client } = await openMeasuringLab();
  const folder = scratch();
  put(folder, 'i386', 'boot-1.json', documented);
  put(folder, 'i386', 'boot-2.json', { ...documented, timestamp: '2025-10-31T21:40:00', boot_markers: { kernel_detection: 2, kmain_start: 3, scheduler_ready: 4 }, total_time_ms: 4_000 });
  put(folder, 'i386', 'boot-3.json', { ...documented, timestamp: '2025-10-31T21:50:00+02:00', success: false, boot_markers: { kernel_detection: 2 } });
  put(folder, 'arm', 'boot-1.json', { ...documented, architecture: 'arm', container: 'minix-arm' });
  put(folder, 'i386', 'README.txt', 'not one of them');
  const { runs, refused } = await client.measurements.importFolder({ folder });
  expect(refused).toEqual([]);
  expect(runs).toHaveLength(2);
  const { run, samples } = await client.measurements.get({ id: runs[0] ?? '' });
  expect(run).toMatchObject({ name: 'minix-rc6-i386, i386, imported', tags: ['imported'], state: 'done', imported: { files: 3, unknown: ['host', 'machine', 'qemu', 'accelerator'] }, createdAt: '2025-10-31T19:50:00.000Z', overhead: null, host: { cpuModel: 'unknown' }, subjects: [{ label: 'minix-rc6-i386', qemu: { version: 'unknown' } }] });
  expect(samples.map(({ outcome, startedAt }) => [outcome, startedAt])).toEqual([['incomplete', '2025-10-31T19:50:00.000Z'], ['complete', '2025-10-31T21:40:00.000Z'], ['complete', '2025-10-31T21:45:00.123Z']]);
  expect(samples[2]).toMatchObject({ provenance: { resolutionNs: 1e9, technique: expect.stringContaining('once a second') as string }, phases: [{ name: 'kernel_detection', atNs: 1.23e9 }, { name: 'kmain_start' }, { name: 'scheduler_ready', atNs: 5.67e9 }] });
  const { base64 } = await client.reports.render({ run: run.id, format: 'text' });
  const text = Buffer.from(base64, 'base64').toString();
  for (const words of ['Machine            not known', 'its machine not known', 'accelerator not known', 'emulated is not known', '# The imported files do not say how it was measured.']) expect(text).toContain(words);
  expect(text).not.toMatch(/tcg|4 MiB|0 cores|unknown|serial port|--seed/);
  const { items } = await client.measurements.find({ tag: 'imported', kind: 'boot', order: 'oldest' });
  expect(items.map(({ samples: count, medianBootNs }) => [count, medianBootNs])).toEqual([[3, Math.round((2e9 + 4.44e9) / 2)], [1, 4.44e9]]);
  expect(await client.measurements.importFolder({ folder: join(folder, 'measurements') })).toMatchObject({ runs: [], refused: Array.from({ length: 4 }, () => ({ reason: expect.stringContaining('imported before') as string })) });
});

it('each file that cannot be used is refused with its reason, and the good ones are taken', async () => {
  const { client } = await openMeasuringLab();
  const folder = scratch();
  put(folder, 'i386', 'a-good.json', documented);
  put(folder, 'i386', 'b-cut.json', JSON.stringify(documented).slice(0, 40));
  put(folder, 'i386', 'c-field.json', { ...documented, boot_markers: { kernel_detection: 'soon' } });
  put(folder, 'i386', 'd-time.json', { ...documented, timestamp: 'yesterday' });
  put(folder, 'i386', 'e-folder.json', { ...documented, architecture: 'arm' });
  put(folder, 'i386', 'f-late.json', { ...documented, boot_markers: { kernel_detection: 60 } });
  put(folder, 'i386', 'g-empty.json', { ...documented, boot_markers: {} });
  put(folder, 'i386', 'h-large.json', ' '.repeat(1_100_000));
  put(folder, 'i386', 'i-month.json', { ...documented, timestamp: '2025-13-31T21:45:00' });
  symlinkSync('/etc/passwd', join(folder, 'measurements', 'i386', 'j-link.json'));
  const { runs, refused } = await client.measurements.importFolder({ folder });
  expect(runs).toHaveLength(1);
  expect(refused.map(({ file, reason }) => [file.replace('measurements/i386/', ''), reason])).toEqual([
    ['b-cut.json', 'it is not JSON'],
    ['c-field.json', expect.stringContaining('boot_markers.kernel_detection')],
    ['d-time.json', expect.stringContaining('"yesterday" is no time')],
    ['e-folder.json', 'it is of arm and lies in the folder of i386'],
    ['f-late.json', 'a marker at 60 s is after the end at 5.67 s'],
    ['g-empty.json', expect.stringContaining('no marker')],
    ['h-large.json', expect.stringContaining('1100000 bytes')],
    ['i-month.json', expect.stringContaining('is no time')],
    ['j-link.json', 'it is no regular file'],
  ]);
  expect(await refusalOf(client, scratch())).toMatchObject({ code: 'PATH_REFUSED' });
  expect(await refusalOf(client, 'relative/folder')).toMatchObject({ code: 'PATH_REFUSED' });
  expect(await refusalOf(client, '/etc/passwd')).toMatchObject({ code: 'PATH_REFUSED' });
});

it('a measured run goes out as such files and comes in again with its times and its technique', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client);
  const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 2, warmUps: 1 });
  const folder = join(scratch(), 'made');
  const { files } = await client.measurements.exportFolder({ folder });
  expect(files).toHaveLength(2);
  expect(readdirSync(join(folder, 'measurements', 'i386')).map((name) => join(folder, 'measurements', 'i386', name)).sort()).toEqual([...files].sort());
  const written = JSON.parse(readFileSync(files[0] ?? '', 'utf8')) as Record<string, unknown>;
  const boot = samples.find(({ warmUp }) => !warmUp);
  expect(Object.keys(written).slice(0, 7)).toEqual(Object.keys(documented));
  expect(written).toMatchObject({ timestamp: boot?.startedAt, architecture: 'i386', success: true, marker_count: boot?.phases.filter(({ status }) => status === 'seen').length });
  const { runs } = await client.measurements.importFolder({ folder });
  const back = await client.measurements.get({ id: runs[0] ?? '' });
  expect(back.samples.map(({ provenance }) => provenance.resolutionNs)).toEqual([run, run].map(() => boot?.provenance.resolutionNs));
  const [own, read] = await Promise.all([run.id, back.run.id].map((id) => client.measurements.series({ id, subject: 'a', metric: 'bootTime' })));
  expect(read?.values.map(({ value }) => value)).toEqual(own?.values.filter(({ index }) => index > 0).map(({ value }) => value));
  expect(back.run).toMatchObject({ kind: run.kind, host: run.host, subjects: run.subjects, phaseTable: run.phaseTable, imported: { files: 2, unknown: [] } });
  expect(back.samples.map(({ index: _index, ...sample }) => sample)).toEqual(samples.filter(({ warmUp }) => !warmUp).map(({ index: _index, marks: _marks, ...sample }) => ({ ...sample, serialDigest: null })));
  const stolen = structuredClone(written) as { petri: { record: { sample: { serialDigest: string | null; startedAt: string } } } };
  stolen.petri.record.sample.serialDigest = boot?.serialDigest ?? null;
  const other = scratch();
  put(other, 'i386', 'a.json', stolen);
  const { runs: [foreign] } = await client.measurements.importFolder({ folder: other });
  expect((await client.measurements.get({ id: foreign ?? '' })).samples[0]?.serialDigest).toBeNull();
  writeFileSync(files[0] ?? '', JSON.stringify({ ...written, boot_markers: { ...(written['boot_markers'] as object), shell_prompt: 0.001 } }));
  expect((await client.measurements.importFolder({ folder })).refused).toContainEqual(expect.objectContaining({ reason: 'its markers are not those of Petri’s record in it' }));
  await expect(client.measurements.exportFolder({ folder, runs: ['run-nobody'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
}, 60_000);

it('a measurement of calls in logical time keeps its kind, its clock, its instrument and its numbers on the way through files', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client);
  const { run, samples } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: 'calls 20', logicalTime: true } });
  const folder = join(scratch(), 'made');
  await client.measurements.exportFolder({ folder });
  const { runs } = await client.measurements.importFolder({ folder });
  const back = await client.measurements.get({ id: runs[0] ?? '' });
  expect(back.run).toMatchObject({ kind: 'syscalls', plan: { events: run.plan.events } });
  expect(back.samples[0]?.metrics?.readings).toEqual(samples[0]?.metrics?.readings);
  expect(back.samples[0]?.metrics?.calls).toEqual(samples[0]?.metrics?.calls);
  expect(back.samples[0]?.metrics?.evidence[0]?.digest).toBeNull();
}, 60_000);
