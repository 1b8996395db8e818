import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { comparisonReport, report as reportSchema, type Report, type EvidenceKind, type ReportCheck, type ReportFormat } from '../../../electron/contract/reports.ts';
import { formatCount } from '../../../electron/core/charts/numbers.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { hasPoppler, pdfPages } from '../../support/pdfText.ts';
import { strangeNumbers } from '../../support/printedNumbers.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { failureOf } from '../../support/refusal.ts';

const hasTools = canRun({ architecture: 'i386' }) && hasPoppler;

/** KEEP_REPORTS names a folder in which the rendered files stay, for who wants to look at them. */
function keep(name: string, bytes: Buffer): Buffer {
  const folder = process.env['KEEP_REPORTS'];
  if (folder !== undefined) writeFileSync(join(folder, name), bytes);
  return bytes;
}

async function renderAll(client: LabClient, run: string): Promise<Record<ReportFormat, Buffer>> {
  const one = async (format: ReportFormat): Promise<Buffer> => keep(`${run}.${format}`, Buffer.from((await client.reports.render({ run, format })).base64, 'base64'));
  return { json: await one('json'), text: await one('text'), pdf: await one('pdf'), csv: await one('csv'), svg: await one('svg') };
}

/** Imports a report as it is, or changed; answers what failed. */
async function failures(client: LabClient, source: Report, change: (report: Report) => void = () => undefined): Promise<ReportCheck[]> {
  const copy = structuredClone(source);
  change(copy);
  const { checks } = await client.reports.importReport({ fileName: '../of another.json', base64: Buffer.from(JSON.stringify(copy)).toString('base64') });
  return checks.filter(({ state }) => state === 'failed');
}

type File = NonNullable<Report['evidence']>['files'][number];

/** Flips one bit of one byte. */
function flipAt(file: File, at: number): void {
  const bytes = gunzipSync(Buffer.from(file.gzip, 'base64'));
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  file.gzip = gzipSync(bytes).toString('base64');
}

/** Counts one up in the stamp of a byte. */
function changeMark(file: File, offset: number): void {
  const text = gunzipSync(Buffer.from(file.gzip, 'base64')).toString();
  file.gzip = gzipSync(text.replace(new RegExp(`^(byte ${offset} \\d*)(\\d)$`, 'm'), (_line, before: string, last: string) => `${before}${(Number(last) + 1) % 10}`)).toString('base64');
}

function stampOf({ phases }: Report['samples'][number], phase: string): number {
  const stamp = phases.find(({ name }) => name === phase);
  return stamp?.status === 'seen' ? stamp.byteOffset : expect.fail(`${phase} was not seen`);
}

/** Makes the first record behind the header one of no kind. */
function damageRecord(file: File): void {
  const bytes = gunzipSync(Buffer.from(file.gzip, 'base64'));
  bytes.writeUInt8(0xff, 64);
  file.gzip = gzipSync(bytes).toString('base64');
}

/** Flips one bit in the middle of what a report carries. */
function flipped(gzip: string): string {
  const bytes = gunzipSync(Buffer.from(gzip, 'base64'));
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return gzipSync(bytes).toString('base64');
}

it.skipIf(!hasTools)('a run of system calls is a report in every form, is checked number by number where it is imported, and a flipped byte fails its row', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client, 'builtin-i386');
  const { run, samples } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 3, warmUps: 1, events: { load: 'calls 500', profileEvery: 1_000 } });
  const forms = await renderAll(client, run.id);
  const report = reportSchema.parse(JSON.parse(forms.json.toString()));
  const [first] = report.summary.subjects[0]?.events?.ranking ?? [];
  expect(first?.count.median).toBe(500);
  const pages = pdfPages(forms.pdf);
  expect(strangeNumbers(report, pages)).toEqual([]);
  for (const form of [forms.text.toString(), pages.join('\n')]) {
    for (const words of ['System calls', 'What instruments saw', 'Where the instructions went', first?.name ?? '?', formatCount(first?.count.median ?? 0), 'plugin']) expect(form).toContain(words);
  }
  const rows = forms.csv.toString().split('\r\n');
  for (const { metrics, index } of samples) for (const { metric, value } of metrics?.readings ?? []) if (value !== null) expect(rows.some((row) => row.includes(`,${index},`) && row.includes(`,${metric},${value},`)), `${metric} of ${index}`).toBe(true);
  expect(forms.svg.toString()).toMatch(/tabindex="0" aria-label="all, 100\.0 %/);
  expect(forms.svg.toString()).not.toContain('<script');

  const rendered = await client.reports.render({ run: run.id, format: 'json', evidence: true });
  expect((await client.reports.render({ run: run.id, format: 'json', evidence: true })).digest).toBe(rendered.digest);
  const whole = reportSchema.parse(JSON.parse(keep('evidence.json', Buffer.from(rendered.base64, 'base64')).toString()));
  const imported = await client.reports.importReport({ fileName: '../of another.json', base64: rendered.base64 });
  expect(imported).toMatchObject({ fileName: 'of another.json', importedBefore: null });
  expect(await client.reports.importReport({ fileName: '../of another.json', base64: rendered.base64 })).toMatchObject({ id: imported.id, importedBefore: imported.importedAt, checks: imported.checks });
  expect(imported.checks.filter(({ state }) => state === 'failed')).toEqual([]);
  const good = imported.checks.filter(({ state }) => state === 'good').map(({ what }) => what);
  for (const what of ['serial bytes', 'trace 0', 'System calls', 'all system calls', 'samples of the profile', 'events of the trace', 'findings', 'time marks', 'first byte', 'phase shell_prompt', 'Instructions', 'window']) expect(good).toContain(what);
  expect(await client.measurements.list()).toHaveLength(1);

  expect(imported.checks.filter(({ state }) => state === 'unchecked')).toEqual([]);

  const serial = await client.reports.importedEvidence({ id: imported.id, sample: 1, kind: 'serial' });
  expect(serial.lines.join('\n')).toContain('multiboot_detected');
  expect(serial.digest).toBe(samples[1]?.serialDigest);
  const marks = await client.reports.importedEvidence({ id: imported.id, sample: 1, kind: 'marks' });
  expect(marks.lines).toContain(`byte 0 ${samples[1]?.firstByteNs ?? ''}`);
  expect(marks.digest).toBe(samples[1]?.marks?.digest);
  const trace = await client.reports.importedEvidence({ id: imported.id, sample: 1, kind: 'trace', offset: 10, limit: 5 });
  expect(trace.lines).toHaveLength(5);
  expect(trace.total).toBe(samples[1]?.metrics?.evidence[0]?.events);

  const expectRow = async (sample: number | null, what: RegExp, change: (report: Report) => void): Promise<void> => {
    const rows = await failures(client, whole, change);
    expect(rows.filter((row) => row.sample === sample && what.test(row.what)), `${String(sample)} ${what.source}`).not.toEqual([]);
    // What was not touched stays good: only the sample that was changed has rows of its own.
    expect(new Set(rows.flatMap((row) => row.sample ?? [])).size).toBeLessThanOrEqual(1);
  };
  const sampleOf = (changed: Report, at: number): Report['samples'][number] => changed.samples[at] ?? expect.fail('no such sample');
  const fileOf = (changed: Report, kind: EvidenceKind) => changed.evidence?.files.find((file) => file.sample === 1 && file.kind === kind) ?? expect.fail('no such file');
  await expectRow(1, /^serial bytes$/, (changed) => (fileOf(changed, 'serial').gzip = flipped(fileOf(changed, 'serial').gzip)));
  await expectRow(1, /^trace 0$/, (changed) => (fileOf(changed, 'trace').gzip = flipped(fileOf(changed, 'trace').gzip)));
  await expectRow(1, /^serial bytes$/, (changed) => (fileOf(changed, 'serial').gzip = 'AAAA'));
  await expectRow(1, /^System calls$/, (changed) => sampleOf(changed, 1).metrics?.readings.forEach((reading) => reading.metric === 'systemCalls' && (reading.value = (reading.value ?? 0) + 1)));
  await expectRow(1, /^SYS_TIMES of/, (changed) => sampleOf(changed, 1).metrics?.calls?.rows.forEach((row) => row.name === 'SYS_TIMES' && (row.count += 1)));
  await expectRow(1, /^SYS_TIMES of/, (changed) => sampleOf(changed, 1).metrics?.calls?.rows.forEach((row) => row.name === 'SYS_TIMES' && row.latencyNs !== null && (row.latencyNs.p99 += 1)));
  await expectRow(1, /^phase shell_prompt$/, (changed) => sampleOf(changed, 1).phases.forEach((stamp) => stamp.name === 'shell_prompt' && stamp.status === 'seen' && (stamp.atNs += 1)));
  await expectRow(1, /^first byte$/, (changed) => (sampleOf(changed, 1).firstByteNs = 1));
  await expectRow(1, /^Instructions$/, (changed) => sampleOf(changed, 1).metrics?.readings.forEach((reading) => reading.metric === 'instructions' && (reading.value = (reading.value ?? 0) + 1)));
  await expectRow(1, /^window$/, (changed) => (changed.samples[1]?.metrics ?? expect.fail('no metrics')).window.toNs++);
  await expectRow(1, /^Time of the load$/, (changed) => sampleOf(changed, 1).metrics?.readings.forEach((reading) => reading.metric === 'workTime' && (reading.value = (reading.value ?? 0) + 1)));
  // A text in the bytes, a stamp of it, and the trace: what rests on them fails, and is not left unchecked.
  await expectRow(1, /^phase shell_prompt$/, (changed) => flipAt(fileOf(changed, 'serial'), stampOf(sampleOf(changed, 1), 'shell_prompt') + 1));
  await expectRow(1, /^phase shell_prompt$/, (changed) => changeMark(fileOf(changed, 'marks'), stampOf(sampleOf(changed, 1), 'shell_prompt')));
  await expectRow(1, /^time marks$/, (changed) => changeMark(fileOf(changed, 'marks'), 0));
  await expectRow(1, /^phase shell_prompt$/, (changed) => (fileOf(changed, 'marks').gzip = 'AAAA'));
  await expectRow(1, /^System calls$/, (changed) => (fileOf(changed, 'trace').gzip = 'AAAA'));
  await expectRow(1, /^Instructions$/, (changed) => damageRecord(fileOf(changed, 'trace')));
  await expectRow(1, /^phase shell_prompt$/, (changed) => sampleOf(changed, 1).phases.forEach((stamp) => stamp.name === 'shell_prompt' && stamp.status === 'seen' && (stamp.byteOffset += 1)));
  await expectRow(null, /^the statistics$/, (changed) => changed.summary.subjects.forEach(({ boot }) => boot !== null && (boot.median += 1)));
  await expectRow(null, /^statistics of/, (changed) => changed.summary.subjects.forEach(({ boot }) => boot !== null && (boot.median += 1)));
  await expectRow(null, /^the run$/, (changed) => (changed.run.plan.seed += 1));
  await expectRow(null, /^findings$/, (changed) => (changed.findings[0] = 'It boots in no time.'));
  await expectRow(null, /^profiles$/, (changed) => changed.profiles.forEach(({ profile }) => (profile.everyInstructions += 1)));

  const kept = await client.reports.imported();
  expect(kept.at(-1)).toMatchObject({ id: imported.id, title: run.name, failed: 0 });
  await client.reports.removeImported({ id: imported.id });
  await expect(client.reports.getImported({ id: imported.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it.skipIf(!hasTools)('a run of memory and a comparison of two runs are reports, too', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client, 'builtin-i386');
  const first = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 3, warmUps: 0, events: { load: 'faults 200' } });
  const second = await measure(client, { kind: 'memory', subjects: [{ guest }], runs: 3, warmUps: 0, events: { load: 'faults 400' } });
  const render = async (format: ReportFormat): Promise<Buffer> => keep(`memory.${format}`, Buffer.from((await client.reports.render({ run: first.run.id, format })).base64, 'base64'));
  const text = (await render('text')).toString();
  const pdf = pdfPages(await render('pdf')).join('\n');
  for (const form of [text, pdf]) for (const words of ['L1 data hits', 'Working set', 'modelled', 'Page faults', 'Data TLB']) expect(form).toContain(words);
  // A single step is no course of time, and how many a window has depends on how long it took.
  const hasCourse = first.samples.some(({ metrics }) => (metrics?.memory?.model?.workingSet.length ?? 0) > 1);
  expect(pdf.includes('Working set over time')).toBe(hasCourse);
  const { base64 } = await client.reports.render({ run: first.run.id, format: 'json', evidence: true });
  const { checks } = await client.reports.importReport({ fileName: 'memory.json', base64 });
  expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(checks.filter(({ state, what }) => state === 'good' && what === 'Page faults')).toHaveLength(3);
  expect(checks.filter(({ state, what }) => state === 'good' && what === 'L1 data misses')).toHaveLength(3);

  const runs = [first.run.id, second.run.id];
  const compared = async (format: ReportFormat): Promise<Buffer> => keep(`comparison.${format}`, Buffer.from((await client.reports.renderComparison({ runs, format })).base64, 'base64'));
  const report = comparisonReport.parse(JSON.parse((await compared('json')).toString()));
  expect(report.rows[0]?.cells.find(({ metric }) => metric === 'pageFaults')).toMatchObject({ ratio: expect.closeTo(2, 1) as number, verdict: 'ratio only' });
  for (const form of [(await compared('text')).toString(), pdfPages(await compared('pdf')).join('\n')]) for (const words of [...runs, 'Page faults', 'ratio only', 'Instructions']) expect(form).toContain(words);
  expect((await compared('pdf')).equals(await compared('pdf'))).toBe(true);
  expect((await compared('csv')).toString()).toMatch(/,pageFaults,Page faults,information,false,count,3,3,.*,ratio only,.+\r\n/);
  await expect(client.reports.renderComparison({ runs, format: 'svg' })).rejects.toMatchObject({ code: 'REPORT_FORMAT_REFUSED' });
});

it.skipIf(!hasTools)('a boot in logical time has symbols, instructions and memory that are computed again where it is imported', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client, 'builtin-i386');
  const { run } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 2, warmUps: 0, events: { logicalTime: true, profileEvery: 1_000, metrics: ['instructions', 'systemCalls', 'pageFaults', 'addressSpaceSwitches', 'contextSwitches', 'interrupts'] } });
  await renderAll(client, run.id);
  const { base64 } = await client.reports.render({ run: run.id, format: 'json', evidence: true });
  const whole = reportSchema.parse(JSON.parse(Buffer.from(base64, 'base64').toString()));
  const { checks } = await client.reports.importReport({ fileName: 'boot.json', base64 });
  expect(checks.filter(({ state }) => state !== 'good')).toEqual([]);
  const what = checks.map((row) => row.what);
  for (const expected of ['Instructions', 'symbol options_work', 'symbol of phase kmain_phase', 'window', 'memory']) expect(what).toContain(expected);
  const failed = async (change: (changed: Report) => void): Promise<string[]> => (await failures(client, whole, change)).map((row) => row.what);
  const first = (changed: Report): Report['samples'][number] => changed.samples[0] ?? expect.fail('no sample');
  expect(await failed((changed) => first(changed).metrics?.symbols.forEach((stamp) => stamp.symbol === 'options_work' && (stamp.atNs += 1)))).toContain('symbol options_work');
  expect(await failed((changed) => first(changed).phases.forEach(({ name, symbol }) => name === 'kmain_phase' && symbol !== undefined && (symbol.atNs += 1)))).toContain('symbol of phase kmain_phase');
  expect(await failed((changed) => first(changed).metrics?.readings.forEach((reading) => reading.metric === 'instructions' && (reading.value = 1)))).toContain('Instructions');
  const damaged = await failed((changed) => changed.evidence?.files.forEach((file) => file.kind === 'trace' && file.sample === 0 && damageRecord(file)));
  for (const row of ['trace 0', 'Instructions', 'symbol options_work', 'symbol of phase kmain_phase', 'System calls', 'memory', 'samples of the profile']) expect(damaged).toContain(row);
});

it('what is no report is refused with what is wrong, and bombs do not go off', async () => {
  const { client } = await openMeasuringLab();
  const offer = (text: string) => failureOf(() => client.reports.importReport({ fileName: '</script>.json', base64: Buffer.from(text).toString('base64') }));
  expect(await offer('%PDF-1.7')).toMatchObject({ code: 'REPORT_INVALID' });
  expect(await offer('{}')).toMatchObject({ code: 'REPORT_INVALID' });
  expect(await offer(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatchObject({ code: 'REPORT_INVALID' });
  expect(await client.reports.imported()).toEqual([]);
});
