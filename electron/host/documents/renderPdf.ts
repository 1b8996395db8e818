import pdfmake from 'pdfmake';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.d.ts';
import { plainReport, plainTexts } from '../../core/reports/plainText.ts';
import { fontFamilies, type DocumentFonts } from './fonts.ts';
import { campaignDocument, comparisonDocument } from './otherDocuments.ts';
import { renderJson, type AnyReport } from './renderJson.ts';
import { reportDocument } from './reportDocument.ts';

/** The library's file system in memory: the only place from which it may read. */
interface VirtualFiles {
  writeFileSync(name: string, content: Buffer): void;
}

/**
 * A report as PDF (A4) with its JSON attached. The same report gives the same bytes: the date is the report's and the
 * file's id follows from it. Nothing is loaded from outside: fonts come from memory, every other path or URL is refused.
 */
export async function renderPdf(report: AnyReport, fonts: DocumentFonts): Promise<Buffer> {
  for (const [name, bytes] of fonts.files) (pdfmake as unknown as { virtualfs: VirtualFiles }).virtualfs.writeFileSync(name, bytes);
  pdfmake.setFonts(structuredClone(fontFamilies));
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  return pdfmake.createPdf({ ...definitionOf(report, (text) => fonts.printable(text)), files: { report: attachment(report) } }).getBuffer();
}

/** The document of a report whose texts have only letters that the fonts have. */
function definitionOf(report: AnyReport, printable: (text: string) => string): TDocumentDefinitions {
  if (!('kind' in report)) return reportDocument(mapTexts(plainReport(report), printable));
  if (report.kind === 'comparison') return comparisonDocument(mapTexts(plainTexts(report), printable));
  const steps = report.steps.map((step) => ({ ...plainTexts(step), report: step.report === null ? null : plainReport(step.report) }));
  return campaignDocument(mapTexts({ ...plainTexts({ ...report, steps: [] }), steps }, printable));
}

/** The JSON inside the PDF, so that the numbers can be taken up again. */
function attachment(report: AnyReport): { src: string; name: string; description: string; creationDate: Date; modifiedDate: Date } {
  const base64 = Buffer.from(renderJson(report)).toString('base64');
  const date = new Date(report.createdAt);
  return { src: `data:application/json;base64,${base64}`, name: 'report.json', description: 'The report as JSON', creationDate: date, modifiedDate: date };
}

function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value & string;
  if (Array.isArray(value)) return value.map((element: unknown) => mapTexts(element, change)) as Value & unknown[];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, mapTexts<unknown>(element, change)])) as Value & object;
}
