import type { CampaignReport, ComparisonReport } from '../../contract/reports.ts';
import { comparedRuns, comparedTable, reasonsOf } from './comparisonTables.ts';
import type { PlainTable } from './eventTables.ts';
import { plainTexts } from './plainText.ts';
import { renderText, type TextOptions } from './renderText.ts';
import { createPen, padTable, wrap, type Pen } from './textLayout.ts';

/** A comparison as text for a terminal or a lab report. */
export function renderComparisonText(source: ComparisonReport, { columns, colour }: TextOptions): string {
  const report = plainTexts(source);
  const pen = createPen(colour);
  return joined([
    titleLines(report, pen),
    [pen.strong('Findings'), ...paragraphs(report.findings, columns)],
    [pen.strong('Runs'), ...table(comparedRuns(report), pen)],
    ...report.rows.map((row) => [`${pen.strong(row.label)}${pen.quiet(` against ${report.baseline.label}${row.control ? ' · control' : ''}`)}`, ...table(comparedTable(row), pen), ...paragraphs(reasonsOf(row), columns)]),
    [pen.strong('Limits'), ...paragraphs(report.limits, columns)],
    [pen.strong('Run it again'), `  ${report.command}`],
  ]);
}

/** A campaign as text: what became of its steps, then the report of each. */
export function renderCampaignText(source: CampaignReport, options: TextOptions): string {
  const pen = createPen(options.colour);
  const report = plainTexts({ ...source, steps: [] });
  const head = joined([titleLines(report, pen), ...(report.question === '' ? [] : [wrap(report.question, options.columns, '', '')]), [pen.strong('Findings'), ...paragraphs(report.findings, options.columns)]]);
  const steps = source.steps.flatMap(({ name, report: step }) => (step === null ? [] : [`${pen.strong(`Step ${name}`)}\n\n${renderText(step, options)}`]));
  return [head, ...steps].join('\n');
}

function titleLines({ title, id, createdAt, generator }: Pick<ComparisonReport, 'title' | 'id' | 'createdAt' | 'generator'>, pen: Pen): string[] {
  return [pen.strong(title), pen.quiet(`${id} · ${createdAt} · ${generator.name} ${generator.version}`)];
}

function paragraphs(texts: readonly string[], columns: number): string[] {
  return texts.flatMap((text) => wrap(text, Math.max(48, columns), '  · ', '    '));
}

function table({ head, sides, rows }: PlainTable, pen: Pen): string[] {
  const [first = '', ...others] = padTable([head, ...rows], sides);
  return [pen.quiet(`  ${first.trimEnd()}`), ...others.map((line) => `  ${line.trimEnd()}`)];
}

function joined(sections: readonly (readonly string[])[]): string {
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
}
