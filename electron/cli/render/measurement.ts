import type { Report } from '../../contract/reports.ts';
import { compareMany } from '../../core/measurements/compareMany.ts';
import { reportText } from '../run/reportText.ts';
import { paint, type Terminal } from '../run/terminal.ts';
import { comparedMetrics, renderComparisonTable } from './comparison.ts';
import { renderEvents } from './events.ts';

/** What a measurement gave: a boot as its report, events as their tables, and what can be said of the difference of several subjects. */
export function renderMeasurement(report: Report, terminal: Terminal): string {
  const { run, summary, samples } = report;
  const style = paint(terminal.colour);
  const events = summary.subjects.some((subject) => subject.events !== null) ? summary.subjects.map((subject) => renderEvents({ run, subject }, style)) : [];
  const boots = run.kind === 'boot' || events.length === 0 ? [reportText(report, terminal)] : [];
  const comparison = events.length > 1 ? [renderComparisonTable(compareMany([{ run, samples }], comparedMetrics([run])), [run], style)] : [];
  return [...boots, ...events, ...comparison].join('\n\n');
}
