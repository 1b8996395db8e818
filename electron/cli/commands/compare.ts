import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { RunWithSamples } from '../../contract/measurements.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { formatPercent, formatRatio } from '../../core/charts/numbers.ts';
import { compareMany } from '../../core/measurements/compareMany.ts';
import { compareRuns } from '../../core/measurements/compareRuns.ts';
import { publishedText, verdictRows } from '../../core/reports/verdictRows.ts';
import { exitCodes } from '../exitCodes.ts';
import { comparedMetrics, renderComparisonTable } from '../render/comparison.ts';
import { renderTable } from '../render/table.ts';
import type { Context, Result } from '../run/context.ts';
import { findRun } from '../run/findGuest.ts';
import { findNamedRun, findRunsOf, type SeedRun } from '../run/findRuns.ts';
import { withLab } from '../run/labDoor.ts';
import { paint, type Paint, type Style } from '../run/terminal.ts';

const styles: Readonly<Record<Comparison['conclusion'], Style>> = { same: 'green', faster: 'green', slower: 'yellow', undecided: 'dim', 'ratio only': 'dim' };

function row({ metric, ratio, interval, pValue, cliffsDelta, conclusion }: Comparison, style: Paint): string[] {
  return [
    metric,
    formatRatio(ratio),
    interval === null ? 'not enough boots' : `${formatRatio(interval.low)} – ${formatRatio(interval.high)}`,
    pValue === null ? '' : pValue < 0.001 ? '< 0.001' : pValue.toFixed(3),
    cliffsDelta === null ? '' : cliffsDelta.toFixed(2),
    style(styles[conclusion], conclusion),
  ];
}

const describeRun = (letter: string, { run, samples }: RunWithSamples): string =>
  `${letter}  ${run.id}  ${run.name}, ${samples.filter(({ warmUp }) => !warmUp).length} boots of ${run.subjects[0]?.label ?? ''} with ${run.subjects[0]?.accelerator ?? ''}`;

/** Two runs beside each other: B over A, with what can be concluded from it. */
export function renderComparison(a: RunWithSamples, b: RunWithSamples, comparisons: readonly Comparison[], style: Paint): string {
  const level = comparisons.find(({ interval }) => interval !== null)?.interval?.level ?? 0.95;
  const table = renderTable(
    [{ title: 'duration of' }, { title: 'B / A', align: 'right' }, { title: `${formatPercent(level)} interval`, align: 'right' }, { title: 'p', align: 'right' }, { title: 'Cliff’s δ', align: 'right' }, { title: 'B is' }],
    comparisons.map((comparison) => row(comparison, style)),
  );
  const note = comparisons.some(({ comparable }) => !comparable) ? ['The runs differ in machine, accelerator or QEMU, so there are ratios and no conclusions.'] : [];
  return [describeRun('A', a), describeRun('B', b), '', table, ...note].join('\n');
}

/** Whether instruments saw events in a boot of the run. */
const hasEvents = ({ samples }: RunWithSamples): boolean => samples.some(({ metrics }) => metrics !== null);

/** The two runs that are meant: both named, or the two newest of the seed's words; one where there is no second. */
async function runsToCompare(client: LabClient, words: readonly string[], seed: SeedRun): Promise<[string, string] | [string]> {
  const [first, second] = words;
  if (first !== undefined && second !== undefined) return [await findRun(client, first), await findRun(client, second)];
  if (first !== undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'RUN', message: 'name two runs, or say --metric and --arch' }] });
  const newest = await findNamedRun(client, undefined, seed);
  const [, before] = await findRunsOf(client, seed, 2);
  return before === undefined ? [newest] : [before, newest];
}

/** Compares two runs that were kept; the seed's words also compare the newest run with what is published. */
export function compare({ terminal, lab }: Context, words: readonly string[], seed: SeedRun): Promise<Result> {
  const style = paint(terminal.colour);
  return withLab(lab, async ({ client }) => {
    const [first, second] = await runsToCompare(client, words, seed);
    const published = words.length === 0 ? await againstPublished(client, second ?? first, style) : null;
    const compared = second === undefined ? null : beside(await client.measurements.get({ id: first }), await client.measurements.get({ id: second }), style);
    const text = [published?.text, compared?.text].filter((part) => part !== undefined).join('\n\n');
    return { json: { ...compared?.json, ...(published !== null && { published: published.json }) }, text, exitCode: exitCodes.ok };
  });
}

/** B over A: phase by phase, and every reading of instruments where both have some. */
function beside(a: RunWithSamples, b: RunWithSamples, style: Paint): { json: object; text: string } {
  const comparisons = compareRuns(a, b);
  const table = hasEvents(a) && hasEvents(b) ? compareMany([a, b], comparedMetrics(a.run)) : null;
  const text = table === null ? renderComparison(a, b, comparisons, style) : [describeRun('A', a), describeRun('B', b), '', renderComparisonTable(table, style)].join('\n');
  return { json: { a: a.run.id, b: b.run.id, comparisons, ...(table !== null && { table }) }, text };
}

/** What the run's verdicts say of values that others published. */
async function againstPublished(client: LabClient, run: string, style: Paint): Promise<{ json: object; text: string }> {
  const report = await client.reports.get({ run });
  const rows = verdictRows(report);
  const lines = rows.map(({ subject, metric, published, verdict }) => `  ${verdict.name}  ${subject}, ${metric}, against ${published === null ? 'a value that is gone' : publishedText(published)}. ${verdict.reason}`);
  const text = [style('bold', `${run} against published values`), ...(rows.length === 0 ? ['  nothing is published of what it measured'] : lines)].join('\n');
  return { json: { run, verdicts: rows }, text };
}
