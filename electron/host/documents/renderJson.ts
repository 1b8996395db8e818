import { campaignReport, comparisonReport, report as reportSchema, type CampaignReport, type ComparisonReport, type Report } from '../../contract/reports.ts';

/** What can be rendered: the report of a run, of several side by side, or of a campaign. */
export type AnyReport = Report | ComparisonReport | CampaignReport;

/** A report as JSON text: keys in the schema's order, so that the same report has the same bytes. */
export function renderJson(report: AnyReport): string {
  return `${JSON.stringify(schemaOf(report).parse(report), null, 2)}\n`;
}

function schemaOf(report: AnyReport) {
  if (!('kind' in report)) return reportSchema;
  return report.kind === 'comparison' ? comparisonReport : campaignReport;
}
