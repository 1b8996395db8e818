import type { RunWithSamples } from '../../contract/measurements.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { formatPercent, formatRatio } from '../../core/charts/numbers.ts';
import { compareRuns } from '../../core/measurements/compareRuns.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderTable } from '../render/table.ts';
import type { Context, Result } from '../run/context.ts';
import { findRun } from '../run/findGuest.ts';
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

/** Compares two runs that were kept. */
export function compare({ terminal, lab }: Context, first: string, second: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const a = await client.measurements.get({ id: await findRun(client, first) });
    const b = await client.measurements.get({ id: await findRun(client, second) });
    const comparisons = compareRuns(a, b);
    return { json: { a: a.run.id, b: b.run.id, comparisons }, text: renderComparison(a, b, comparisons, paint(terminal.colour)), exitCode: exitCodes.ok };
  });
}
