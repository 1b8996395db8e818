import type { Report } from '../../contract/reports.ts';
import { renderText } from '../../core/reports/renderText.ts';
import type { Terminal } from './terminal.ts';

/** A report as text for this terminal: as wide as it is, in colour where that is shown. */
export function reportText(report: Report, { columns, colour }: Terminal): string {
  return renderText(report, { columns, colour }).trimEnd();
}
