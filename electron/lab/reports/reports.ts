import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { RunWithSamples } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import type { RenderedReport, Report, ReportFormat } from '../../contract/reports.ts';
import { buildReport, isReportable } from '../../core/reports/buildReport.ts';
import { reportFileName } from '../../core/reports/fileName.ts';
import { formatCount } from '../../core/charts/numbers.ts';
import { flameSvg } from '../../core/charts/flamePicture.ts';
import { lightPalette } from '../../core/charts/palette.ts';
import { renderCsv } from '../../core/reports/renderCsv.ts';
import { renderText } from '../../core/reports/renderText.ts';
import { renderJson } from '../../host/documents/renderJson.ts';
import { renderPdfAside } from '../../host/documents/renderPdfAside.ts';

export interface ReportsDependencies {
  readonly resourcesDirectory: string;
  /** Petri's version, which a report names. */
  readonly version: string;
  /** Throws NOT_FOUND. */
  readonly runOf: (id: string) => RunWithSamples;
  readonly published: () => PublishedValue[];
}

export interface ReportsService {
  /** Throws NOT_FOUND, and NO_SAMPLES when no boot of the run can be counted. */
  get(run: string): Report;
  render(run: string, format: ReportFormat): Promise<RenderedReport>;
}

/** As wide as a page of a lab report. */
const TEXT_COLUMNS = 100;

/** Reports are derived when they are asked for and never stored: the same run gives the same bytes. */
export function createReports({ resourcesDirectory, version, runOf, published }: ReportsDependencies): ReportsService {
  const fontsDirectory = join(resourcesDirectory, 'reports', 'fonts');
  const get = (id: string): Report => {
    const { run, samples } = runOf(id);
    if (!isReportable(samples)) throw new DeclaredError('NO_SAMPLES', { run: id });
    return buildReport({ run, samples, published: published(), version });
  };
  const bytesOf: Readonly<Record<ReportFormat, (report: Report) => Promise<Buffer> | Buffer>> = {
    json: (report) => Buffer.from(renderJson(report)),
    text: (report) => Buffer.from(renderText(report, { columns: TEXT_COLUMNS, colour: false })),
    pdf: (report) => renderPdfAside({ report, fontsDirectory }),
    csv: (report) => Buffer.from(renderCsv([report])),
    svg: (report) => Buffer.from(flameOf(report)),
  };
  return {
    get,
    async render(id, format) {
      const report = get(id);
      const bytes = await bytesOf[format](report);
      const { ending, mediaType } = formats[format];
      return { fileName: reportFileName(report, ending), mediaType, base64: bytes.toString('base64'), digest: createHash('sha256').update(bytes).digest('hex') };
    },
  };
}

/** The flame graph of the first subject that has a profile. */
function flameOf(report: Report): string {
  const [found] = report.profiles;
  if (found === undefined) throw new DeclaredError('REPORT_FORMAT_REFUSED', { format: 'svg', reason: 'No profile was taken in this run.' });
  const label = report.run.subjects.find(({ key }) => key === found.subject)?.label ?? found.subject;
  const description = `${formatCount(found.profile.root.total)} samples of ${found.samples.length} boots, one in ${formatCount(found.profile.everyInstructions)} instructions, measured. Tab goes from frame to frame.`;
  return flameSvg(found.profile, { title: `${report.title}: ${label}`, description }, lightPalette);
}

const formats: Readonly<Record<ReportFormat, { ending: string; mediaType: string }>> = {
  json: { ending: 'json', mediaType: 'application/json' },
  text: { ending: 'txt', mediaType: 'text/plain; charset=utf-8' },
  pdf: { ending: 'pdf', mediaType: 'application/pdf' },
  csv: { ending: 'csv', mediaType: 'text/csv; charset=utf-8; header=present' },
  svg: { ending: 'svg', mediaType: 'image/svg+xml' },
};
