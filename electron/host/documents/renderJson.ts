import { report as reportSchema, type Report } from '../../contract/reports.ts';

/** A report as JSON text: keys in the schema's order, so that the same report has the same bytes. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
}
