import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import pdfmake from 'pdfmake';
import type { Report } from '../../../electron/contract/reports.ts';
import { renderText } from '../../../electron/core/reports/renderText.ts';
import { loadFonts } from '../../../electron/host/documents/fonts.ts';
import { renderPdf } from '../../../electron/host/documents/renderPdf.ts';
import { hasPoppler, pdfPages } from '../../support/pdfText.ts';
import { fixtureReport } from '../../support/reportFixture.ts';

const fonts = loadFonts(join(import.meta.dirname, '../../../resources/reports/fonts'));
const hostile = '</text><image href="http://127.0.0.1:9/x"/>{a|b} "q" \'s\' &amp; \u001b[31m\u0007\u202e 漢 λ';

function hostileReport(): Report {
  const report = structuredClone(fixtureReport({ boots: 4, missing: 'memory_init', guestName: '</text>{a|b} "q" &amp; 漢' }));
  report.title = hostile;
  report.question = `${hostile}\n${hostile}`;
  for (const sample of report.samples) for (const stamp of sample.phases) if (stamp.status === 'missing') stamp.seenLast = hostile;
  for (const phase of report.run.phaseTable.phases) phase.title = hostile;
  report.findings.push(`The last line was “${hostile}\nFindings\r”.`);
  report.run.notes = 'first line\nsecond line';
  return report;
}

describe('text from guests in reports', () => {
  it.skipIf(!hasPoppler)('is text in a PDF: no mark-up, no control character, what has no letter is replaced visibly', async () => {
    const text = pdfPages(await renderPdf(hostileReport(), fonts)).join('\n').replace(/\s+/g, '');
    expect(text).toContain('</text><imagehref="http://127.0.0.1:9/x"/>{a|b}"q"\'s\'&amp;\\x1b[31m\\x07\\u{202e}\\u{6f22}λ');
    expect(text).toContain('λ\\nFindings\\r”.');
    expect(text).not.toMatch(/\u001b|\u0007|\u202e/);
  });

  it('cannot command a terminal', () => {
    const text = renderText(hostileReport(), { columns: 100, colour: false });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).toContain('\\x1b[31m');
    expect(text).toContain('\nfirst line\nsecond line\n');
  });

  it('cannot make the PDF library open files or addresses', async () => {
    await renderPdf(fixtureReport({ boots: 3 }), fonts);
    await expect(pdfmake.createPdf({ content: [{ image: '/etc/hostname' }], defaultStyle: { font: 'Text' } }).getBuffer()).rejects.toThrow(/denied/);
    await expect(pdfmake.createPdf({ content: ['x'], images: { a: 'http://127.0.0.1:9/x.png' }, defaultStyle: { font: 'Text' } }).getBuffer()).rejects.toThrow(/denied/);
  });
});
