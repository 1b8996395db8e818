import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Campaign } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { PhaseTable, RunWithSamples } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import type { RenderedReport, Report, ReportFormat } from '../../contract/reports.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import { flameSvg } from '../../core/charts/flamePicture.ts';
import { formatCount } from '../../core/charts/numbers.ts';
import { lightPalette } from '../../core/charts/palette.ts';
import { buildCampaignReport } from '../../core/reports/buildCampaignReport.ts';
import { buildComparison } from '../../core/reports/buildComparison.ts';
import { buildReport, isReportable } from '../../core/reports/buildReport.ts';
import { reportFileName } from '../../core/reports/fileName.ts';
import { comparisonCsv } from '../../core/reports/comparisonCsv.ts';
import { renderCsv } from '../../core/reports/renderCsv.ts';
import { renderCampaignText, renderComparisonText } from '../../core/reports/renderPlain.ts';
import { renderText } from '../../core/reports/renderText.ts';
import { loadCoverage, type CoverageTable } from '../../core/statistics/statedCoverage.ts';
import { renderJson, type AnyReport } from '../../host/documents/renderJson.ts';
import { renderPdfAside } from '../../host/documents/renderPdfAside.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { Database } from '../../host/storage/collections.ts';
import { readResource } from '../../host/storage/resources.ts';
import { collectEvidence } from './evidence.ts';
import { createImportedReports, digestOf, type ImportedReports } from './importedReports.ts';

export interface ReportsDependencies {
  readonly resourcesDirectory: string;
  /** Petri's version, which a report names. */
  readonly version: string;
  /** Throws NOT_FOUND. */
  readonly runOf: (id: string) => RunWithSamples;
  /** Throws NOT_FOUND. */
  readonly campaignOf: (id: string) => Campaign;
  readonly published: () => PublishedValue[];
  readonly database: Database;
  readonly blobs: Blobs;
  readonly decoder: (id: string) => CallDecoder | null;
  /** Petri's own tables of phases. */
  readonly phaseTables: () => PhaseTable[];
}

export interface ReportsService {
  /** Throws NOT_FOUND, and NO_SAMPLES when no boot of the run can be counted. */
  get(run: string): Report;
  /** With evidence, JSON has the bytes behind its numbers. Throws REPORT_FORMAT_REFUSED, too. */
  render(run: string, format: ReportFormat, evidence?: boolean): Promise<RenderedReport>;
  renderComparison(runs: readonly string[], format: ReportFormat): Promise<RenderedReport>;
  renderCampaign(campaign: string, format: ReportFormat): Promise<RenderedReport>;
  readonly imported: ImportedReports;
}

/** As wide as a page of a lab report. */
const text = { columns: 100, colour: false };

/** How a report of any kind becomes text, rows of samples, or a picture. */
interface Forms {
  readonly text: () => string;
  readonly csv: () => string;
  readonly svg: () => string;
}

/** Reports are derived when they are asked for and never stored: the same run gives the same bytes. */
export function createReports(dependencies: ReportsDependencies): ReportsService {
  const { resourcesDirectory, version, runOf, campaignOf, published, blobs } = dependencies;
  const coverage = readCoverage(resourcesDirectory);
  const fontsDirectory = join(resourcesDirectory, 'reports', 'fonts');
  const get = (id: string): Report => {
    const { run, samples } = runOf(id);
    if (!isReportable(samples)) throw new DeclaredError('NO_SAMPLES', { run: id });
    return buildReport({ run, samples, published: published(), version, coverage });
  };
  const render = async (report: AnyReport, format: ReportFormat, forms: Forms): Promise<RenderedReport> => {
    const bytes = format === 'pdf' ? await renderPdfAside({ report, fontsDirectory }) : Buffer.from(format === 'json' ? renderJson(report) : forms[format]());
    const { ending, mediaType } = formats[format];
    return { fileName: reportFileName(report, ending), mediaType, base64: bytes.toString('base64'), digest: createHash('sha256').update(bytes).digest('hex') };
  };
  return {
    get,
    async render(id, format, evidence = false) {
      const report = get(id);
      const whole = evidence && format === 'json' ? { ...report, evidence: collectEvidence(report, blobs, digestOf) } : report;
      return render(whole, format, { text: () => renderText(report, text), csv: () => renderCsv([report]), svg: () => flameOf(report) });
    },
    async renderComparison(runs, format) {
      const sources = [...new Set(runs)].map(runOf);
      const report = buildComparison(sources, version);
      return render(report, format, { text: () => renderComparisonText(report, text), csv: () => comparisonCsv(report), svg: refuseFlames });
    },
    async renderCampaign(id, format) {
      const report = buildCampaignReport({ campaign: campaignOf(id), runOf: (run) => found(() => runOf(run)), published: published(), version, coverage });
      return render(report, format, { text: () => renderCampaignText(report, text), csv: () => renderCsv(report.steps.flatMap(({ report: step }) => step ?? [])), svg: refuseFlames });
    },
    imported: createImportedReports({ ...dependencies, coverage, tableOf: (id) => dependencies.phaseTables().find((table) => table.id === id) ?? null }),
  };
}

/** Throws RESOURCE_INVALID. */
function readCoverage(resourcesDirectory: string): CoverageTable {
  const { file, data } = readResource(join(resourcesDirectory, 'statistics', 'coverage.json'));
  return loadCoverage(file, data);
}

/** Null for what is not found, because it was removed since. */
function found<Value>(action: () => Value): Value | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

function refuseFlames(): never {
  throw new DeclaredError('REPORT_FORMAT_REFUSED', { format: 'svg', reason: 'A flame graph is of one run.' });
}

/** The flame graph of the first subject that has a profile. */
function flameOf({ profiles, run, title }: Report): string {
  const [first] = profiles;
  if (first === undefined) throw new DeclaredError('REPORT_FORMAT_REFUSED', { format: 'svg', reason: 'No profile was taken in this run.' });
  const label = run.subjects.find(({ key }) => key === first.subject)?.label ?? first.subject;
  const description = `${formatCount(first.profile.root.total)} samples of ${first.samples.length} ${first.samples.length === 1 ? 'boot' : 'boots'}, one in ${formatCount(first.profile.everyInstructions)} instructions, measured. Tab goes from frame to frame.`;
  return flameSvg(first.profile, { title: `${title}: ${label}`, description }, lightPalette);
}

const formats: Readonly<Record<ReportFormat, { ending: string; mediaType: string }>> = {
  json: { ending: 'json', mediaType: 'application/json' },
  text: { ending: 'txt', mediaType: 'text/plain; charset=utf-8' },
  pdf: { ending: 'pdf', mediaType: 'application/pdf' },
  csv: { ending: 'csv', mediaType: 'text/csv; charset=utf-8; header=present' },
  svg: { ending: 'svg', mediaType: 'image/svg+xml' },
};
