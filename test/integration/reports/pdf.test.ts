import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../electron/contract/reports.ts';
import { buildReport } from '../../../electron/core/reports/buildReport.ts';
import { buildCampaignReport } from '../../../electron/core/reports/buildCampaignReport.ts';
import { renderCampaignText } from '../../../electron/core/reports/renderPlain.ts';
import { loadFonts } from '../../../electron/host/documents/fonts.ts';
import { renderJson } from '../../../electron/host/documents/renderJson.ts';
import { renderPdf } from '../../../electron/host/documents/renderPdf.ts';
import { reportDocument } from '../../../electron/host/documents/reportDocument.ts';
import { strangeNumbers, tokensOf } from '../../support/printedNumbers.ts';
import { fixtureReport } from '../../support/reportFixture.ts';
import { hasPoppler, pdfPages, withPdf } from '../../support/pdfText.ts';

const fonts = loadFonts(join(import.meta.dirname, '../../../resources/reports/fonts'));
if (!hasPoppler) process.stderr.write('SKIPPED: tests of the PDF’s text, because pdftotext (poppler-utils) is not installed\n');

/** Paths of the numbers in a value, as lists of keys. */
function numberPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, element]) => numberPaths(element, [...path, key]));
}

function changed(report: Report, path: readonly string[], change: (value: number) => number): Report {
  const copy = structuredClone(report);
  const owner = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], copy) as Record<string, unknown>;
  const key = path.at(-1) ?? '';
  owner[key] = change(owner[key] as number);
  return copy;
}

/** The document without the running numbers that the chart library gives to its elements. */
function documentText(report: Report): string {
  return JSON.stringify(reportDocument(report)).replace(/zr\d+-[\w-]+/g, '');
}

/** Numbers that a reader is not shown: how an interval was made, positions of bytes, counts of the phase that prints nothing, what repeats a number shown elsewhere. */
const notShown = /phases\.3\.(seen|missing)|resamples|level|byteOffset|serialBytes|firstByte|schemaVersion|\.at\.|count$|complete$|incomplete$|failed$|ratio only|resolutionNs|outputLimitBytes|order|limitSeconds|overhead/;

describe.skipIf(!hasPoppler)('the PDF', () => {
  it.each([
    ['one guest', {}],
    ['two guests and a control', { subjects: 2, control: true, boots: 12 } as const],
    ['a missing phase', { missing: 'scheduler_ready' }],
  ])('has no number that is not a value of the JSON: %s', async (_, options) => {
    const report = fixtureReport(options);
    const pages = pdfPages(await renderPdf(report, fonts));
    expect(tokensOf(pages.join('')).length).toBeGreaterThan(200);
    expect(strangeNumbers(report, pages)).toEqual([]);
  });

  it('is noticed when it shows a number of its own', async () => {
    const report = fixtureReport();
    const pages = pdfPages(await renderPdf(report, fonts));
    expect(strangeNumbers(report, [...pages, 'the boot took 77.777 ms'])).toEqual(['77.777']);
  });

  it('changes with each number that it shows', () => {
    const report = fixtureReport({ subjects: 2, boots: 3 });
    const before = documentText(report);
    const shown = [
      ...numberPaths(report.summary, ['summary']),
      ...numberPaths(report.samples, ['samples']),
      ...numberPaths(report.published, ['published']),
      ...numberPaths(report.run.host, ['run', 'host']),
    ].filter((path) => !notShown.test(path.join('.')));
    expect(shown.length).toBeGreaterThan(200);
    const deaf = shown.filter((path) => documentText(changed(report, path, (value) => value * 1.5 + (value > 100 ? 2_000 : 1))) === before);
    expect(deaf.map((path) => path.join('.'))).toEqual([]);
  });

  it('shows a changed median in its text', async () => {
    const report = fixtureReport();
    const path = ['summary', 'subjects', '0', 'phases', '6', 'duration', 'median'];
    const pages = pdfPages(await renderPdf(changed(report, path, () => 5_678_901), fonts)).join('\n');
    expect(pages).toContain('5.679');
    expect(pages).toContain('5.68 ms');
  });

  it('is the same to the byte when it is rendered twice, and takes its date from the report', async () => {
    const report = fixtureReport({ subjects: 2 });
    const first = await renderPdf(report, fonts);
    await renderPdf(fixtureReport(), fonts);
    expect((await renderPdf(report, fonts)).equals(first)).toBe(true);
    const info = withPdf(first, (path) => execFileSync('pdfinfo', ['-isodates', path], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } }));
    expect(info).toMatch(/CreationDate:\s+2026-11-22T02:10:41/);
    expect(info).toMatch(/Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)/);
  });

  it('carries its own JSON', async () => {
    const report = fixtureReport();
    const json = withPdf(await renderPdf(report, fonts), (path, directory) => {
      execFileSync('pdfdetach', ['-saveall', '-o', directory, path]);
      return readFileSync(join(directory, 'report.json'), 'utf8');
    });
    expect(json).toBe(renderJson(report));
    expect(JSON.parse(json)).toEqual(report);
  });

  it.each([
    ['ten boots', {}],
    ['thirty boots of two guests with a control', { subjects: 2, control: true, boots: 30 } as const],
    ['a missing phase and no published value', { missing: 'memory_init', published: false }],
  ])('has every section, no blank page, and the head of a table on each of its pages: %s', async (_, options) => {
    const pages = pdfPages(await renderPdf(fixtureReport(options), fonts));
    const text = pages.join('\n');
    for (const title of ['Summary', 'Boot timeline', 'Phases', 'Published values', 'Environment', 'Raw samples', 'Limits', 'Run it again', 'Kernel arguments']) expect(text).toContain(title);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`page ${index + 1} of ${pages.length}`);
      expect(page).toContain('run-0210e4f9');
      expect(page.split('\n').filter((line) => line.trim() !== '').length).toBeGreaterThan(4);
      if (/^\s*\d+\s+[abc]\s+complete/m.test(page)) expect(page).toMatch(/Boot\s+Of\s+Outcome\s+A\s+B/);
    }
  });

  it('loses nothing that is longer than a page: forty phases, kernel arguments of two thousand letters', async () => {
    const { run, samples } = structuredClone(fixtureReport({ boots: 3, subjects: 2 }));
    for (let extra = 0; extra < 30; extra++) {
      run.phaseTable.phases.push({ name: `extra_${extra}`, title: `Service ${extra} of many is started`, pattern: `^service ${extra}$`, optional: false, explanation: '' });
      for (const { phases } of samples) phases.push({ name: `extra_${extra}`, status: 'seen', atNs: 400_000_000 + extra * 1_000_000, byteOffset: 9_000 + extra, text: 'service' });
    }
    for (const subject of run.subjects) subject.guest.boot.arguments = 'word '.repeat(400).trim();
    const report = buildReport({ run, samples, published: [], version: '0.1.0' });
    const text = pdfPages(await renderPdf(report, fonts)).join('\n');
    for (const title of ['Figure 1.', 'Figure 4.', 'Table 1.', 'Table 4.', 'Environment', 'Run it again']) expect(text).toContain(title);
    // Each title stands in two timelines, two tables of phases, one figure and one table of ratios.
    for (let extra = 0; extra < 30; extra++) expect(text.split(`Service ${extra} of many`).length - 1).toBeGreaterThanOrEqual(4);
    expect(text.match(/\bword\b/g)?.length).toBeGreaterThanOrEqual(800);
  });

  it('leaves no heading alone at the foot of a page', async () => {
    const headings = ['Summary', 'Phases', 'Published values', 'Environment', 'Raw samples', 'Limits', 'Run it again'];
    for (let boots = 4; boots <= 40; boots += 9) {
      const pages = pdfPages(await renderPdf(fixtureReport({ boots }), fonts));
      const last = pages.map((page) => page.split('\n').map((line) => line.trim()).filter((line) => line !== '').at(-2) ?? '');
      expect(last.filter((line) => headings.includes(line))).toEqual([]);
    }
  });

  it('clips nothing with long names and slow boots', async () => {
    const report = structuredClone(fixtureReport({ boots: 6, guestName: 'x'.repeat(110) }));
    for (const sample of report.samples) for (const stamp of sample.phases) if (stamp.status === 'seen') stamp.atNs = stamp.atNs * 1_000 + 123_456_789_000;
    const pdf = await renderPdf(report, fonts);
    const beyond = withPdf(pdf, (path) => execFileSync('pdftotext', ['-bbox', path, '-'], { encoding: 'utf8' }));
    const right = [...beyond.matchAll(/xMax="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(Math.max(...right)).toBeLessThanOrEqual(595.28 - 40);
  });

  it('sets all steps of a campaign as one document, and says why a step has no result', async () => {
    const { run, samples } = fixtureReport({ boots: 4 });
    const step = { measure: 'boot' as const, guests: ['builtin'], after: [] };
    const campaign = {
      id: 'campaign-1', name: 'Two boots', createdAt: run.createdAt, endedAt: run.endedAt, state: 'failed' as const,
      file: { name: 'Two boots', question: 'Is it the same twice?', defaults: {}, steps: [{ name: 'first', ...step }, { name: 'second', ...step }, { name: 'third', ...step }] },
      steps: [
        { name: 'first', state: 'done' as const, run: run.id, failure: null },
        { name: 'second', state: 'failed' as const, run: null, failure: { code: 'NOT_FOUND' as const, details: { noun: 'guest', id: 'gone' } } },
        { name: 'third', state: 'skipped' as const, run: null, failure: null },
      ],
    };
    const report = buildCampaignReport({ campaign, runOf: () => ({ run, samples }), published: [], version: '0.1.0' });
    const pages = pdfPages(await renderPdf(report, fonts)).join('\n');
    for (const form of [pages, renderCampaignText(report, { columns: 100, colour: false })]) {
      for (const words of ['Two boots', 'Is it the same twice?', '1 of 3 steps have results', 'it failed: ', 'it was not carried out', 'Scheduler ready']) expect(form.replace(/\s+/g, ' ')).toContain(words);
    }
    expect(pages).toContain('Raw samples');
  });
});
