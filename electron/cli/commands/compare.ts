import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { RunWithSamples } from '../../contract/measurements.ts';
import { acceleratorWords } from '../../core/measurements/knownFacts.ts';
import { compareMany } from '../../core/measurements/compareMany.ts';
import { buildComparison } from '../../core/reports/buildComparison.ts';
import { comparisonCsv } from '../../core/reports/comparisonCsv.ts';
import { publishedText, verdictRows } from '../../core/reports/verdictRows.ts';
import { exitCodes } from '../exitCodes.ts';
import { comparedMetrics, renderComparisonTable } from '../render/comparison.ts';
import type { Context, Result } from '../run/context.ts';
import { findRun } from '../run/findGuest.ts';
import { findNamedRun, findRunsOf, type SeedRun } from '../run/findRuns.ts';
import { withLab } from '../run/labDoor.ts';
import { paint, type Paint } from '../run/terminal.ts';

export type CompareFormat = 'text' | 'json' | 'csv';

const describeRun = ({ run, samples }: RunWithSamples, at: number): string =>
  `${String.fromCharCode(65 + at)}  ${run.id}  ${run.name}, ${samples.filter(({ warmUp }) => !warmUp).length} boots of ${run.subjects[0]?.label ?? ''} with ${run.subjects[0] === undefined ? '' : acceleratorWords(run, run.subjects[0])}`;

/** The runs that are meant: all named, or the two newest of the seed's words; one where there is no second. */
async function runsToCompare(client: LabClient, words: readonly string[], seed: SeedRun): Promise<string[]> {
  if (words.length > 1) return Promise.all(words.map((word) => findRun(client, word)));
  if (words.length === 1) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'RUN', message: 'name two runs or more, or say --metric and --arch' }] });
  const newest = await findNamedRun(client, undefined, seed);
  const [, before] = await findRunsOf(client, seed, 2);
  return before === undefined ? [newest] : [before, newest];
}

/** Compares runs that were kept with the first of them; the seed's words also compare the newest run with what is published. */
export function compare({ terminal, lab }: Context, words: readonly string[], { format = 'text', ...seed }: SeedRun & { readonly format?: CompareFormat }): Promise<Result> {
  const style = paint(terminal.colour);
  return withLab(lab, async ({ client }) => {
    const ids = await runsToCompare(client, words, seed);
    const newest = ids.at(-1) ?? '';
    const published = words.length === 0 ? await againstPublished(client, newest, style) : null;
    const runs = ids.length < 2 ? [] : await Promise.all(ids.map((id) => client.measurements.get({ id })));
    const compared = runs.length < 2 ? null : beside(runs, style);
    const json = { ...compared?.json, ...(published !== null && { published: published.json }) };
    if (format === 'csv' && compared === null) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'there is no second run of that kind' });
    if (format !== 'text') terminal.write(Buffer.from(format === 'csv' ? (compared?.csv ?? '') : `${JSON.stringify(json, null, 2)}\n`));
    const text = [published?.text, compared?.text].filter((part) => part !== undefined).join('\n\n');
    return { json: format === 'text' ? json : undefined, text: format === 'text' ? text : '', exitCode: exitCodes.ok };
  });
}

/** Every run over the first, in every metric that both have, with the verdict and its reason. */
function beside(runs: readonly RunWithSamples[], style: Paint): { json: object; text: string; csv: string } {
  const options = comparedMetrics(runs.map(({ run }) => run));
  const table = compareMany(runs, options);
  const report = buildComparison(runs, '', options);
  const comparisons = report.rows.flatMap(({ key, label, control, cells }) => cells.map((cell) => ({ subject: key, label, control, ...cell })));
  const text = [...runs.map(describeRun), '', renderComparisonTable(table, runs.map(({ run }) => run), style)].join('\n');
  const [a, b] = runs.map(({ run: { id } }) => id);
  return { json: { a, b, runs: runs.map(({ run: { id } }) => id), comparisons, table }, text, csv: comparisonCsv(report) };
}

/** What the run's verdicts say of values that others published. */
async function againstPublished(client: LabClient, run: string, style: Paint): Promise<{ json: object; text: string }> {
  const report = await client.reports.get({ run });
  const rows = verdictRows(report);
  const lines = rows.map(({ subject, metric, published, verdict }) => `  ${verdict.name}  ${subject}, ${metric}, against ${published === null ? 'a value that is gone' : publishedText(published)}. ${verdict.reason}`);
  const text = [style('bold', `${run} against published values`), ...(rows.length === 0 ? ['  nothing is published of what it measured'] : lines)].join('\n');
  return { json: { run, verdicts: rows }, text };
}
