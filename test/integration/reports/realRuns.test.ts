import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { report as reportSchema } from '../../../electron/contract/reports.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { hasPoppler, pdfPages } from '../../support/pdfText.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { writeFileSync } from 'node:fs';

it.skipIf(!canRun({ architecture: 'i386' }) || !hasPoppler)('a run of system calls is a report in every form, and each form says the same', async () => {
  const { client } = await openMeasuringLab();
  const guest = await addGuest(client, 'builtin-i386');
  const { run } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 3, warmUps: 1, events: { load: 'calls 500', profileEvery: 1_000 } });
  const render = async (format: 'json' | 'text' | 'pdf' | 'csv' | 'svg') => Buffer.from((await client.reports.render({ run: run.id, format })).base64, 'base64');
  const report = reportSchema.parse(JSON.parse((await render('json')).toString()));
  const keep = process.env['KEEP_REPORTS'];
  if (keep !== undefined) for (const format of ['json', 'text', 'pdf', 'csv', 'svg'] as const) writeFileSync(`${keep}/syscalls.${format}`, await render(format));
  const events = report.summary.subjects[0]?.events;
  const text = (await render('text')).toString();
  const pdf = pdfPages(await render('pdf')).join('\n');
  expect(events?.ranking[0]?.count.median).toBeGreaterThanOrEqual(500);
  for (const sentence of ['System calls', 'What instruments saw', 'Where the instructions went']) for (const form of [text, pdf]) expect(form).toContain(sentence);
  expect(execFileSync('true').toString()).toBe('');
});
