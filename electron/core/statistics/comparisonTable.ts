import { coefficientOfVariation } from './detectableChange.ts';
import { measureEffect, type Effect } from './effect.ts';
import { holm } from './holm.ts';
import { judgeDifference, noiseOf, type DifferenceVerdict, type MetricKind, type VerdictName } from './verdict.ts';

/** The values of one metric of one subject. */
export interface MetricSeries {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly values: readonly number[];
  /** The smallest difference that the instrument can tell, in the unit. */
  readonly resolution: number;
  /** Modelled numbers are compared, but never decide. */
  readonly modelled: boolean;
}

/** What takes part in a comparison: a run, a guest, a version, a Machine, a setting. */
export interface Candidate {
  readonly key: string;
  readonly label: string;
  readonly series: readonly MetricSeries[];
  /** The baseline once more, to see how much two equal things differ. */
  readonly control: boolean;
}

export interface ComparisonRequest {
  readonly candidates: readonly Candidate[];
  /** Key of the subject that the others are compared with. */
  readonly baseline: string;
  readonly seed: number;
  /** Why a candidate may not be judged against the baseline in a metric, null when it may. */
  readonly obstacle: (candidate: Candidate, metric: Pick<MetricSeries, 'metric' | 'kind'>) => string | null;
}

/** One metric of one subject against the baseline. */
export interface ComparisonCell {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly modelled: boolean;
  /** The metric that decides on this subject, or one that explains. */
  readonly role: 'gate' | 'information';
  readonly effect: Effect;
  /** Standard deviation over median of the subject's own values. */
  readonly variation: number | null;
  /** Corrected by Holm together with the other cells of the same role. */
  readonly corrected: number | null;
  readonly verdict: DifferenceVerdict;
}

export interface ComparisonRow {
  readonly key: string;
  readonly label: string;
  readonly control: boolean;
  readonly cells: readonly ComparisonCell[];
  /** The verdict on the subject: that of its gate; null when it has no metric in common with the baseline. */
  readonly verdict: (DifferenceVerdict & { readonly metric: string }) | null;
  /** Metrics of only one of the two, which are not compared. */
  readonly alone: { readonly baseline: readonly string[]; readonly subject: readonly string[] };
}

export interface ComparisonTable {
  readonly baseline: Candidate;
  /** In the order of the baseline's series; the others follow. */
  readonly metrics: readonly string[];
  readonly rows: readonly ComparisonRow[];
  /** What was seen between the baseline and its control in each metric; empty without a control. */
  readonly noise: Readonly<Record<string, number>>;
}

/** Metrics that decide when both sides have them, the best first: a count of instructions repeats where times do not. */
const GATES = ['instructions', 'boot'];

/**
 * Compares every candidate with the baseline in every metric that both have. One metric decides on a candidate, its
 * gate: instructions where both have counted them, else the time of the boot, else the first that they share. Gates of all
 * candidates are corrected together, and so is everything else, so that many explanations do not drown the answers.
 * The control is compared like the others, but corrected on its own. Throws RangeError for an unknown baseline.
 */
export function compareCandidates({ candidates, baseline: key, seed, obstacle }: ComparisonRequest): ComparisonTable {
  const baseline = candidates.find((candidate) => candidate.key === key);
  if (baseline === undefined) throw new RangeError(`there is no candidate ${key}`);
  const others = candidates.filter((candidate) => candidate !== baseline);
  const noise = noiseBetween(baseline, others.find(({ control }) => control), seed);
  const drafts = others.map((candidate) => draftCells(baseline, candidate, seed));
  const draftsOf = (isControl: boolean): Draft[][] => drafts.filter((_, at) => others[at]?.control === isControl);
  const corrected = new Map([...correct(draftsOf(false)), ...correct(draftsOf(true))]);
  const rows = others.map((candidate, at) => rowOf(baseline, candidate, drafts[at] ?? [], { corrected, noise, obstacle }));
  return { baseline, metrics: metricsOf(baseline, others), rows, noise };
}

type Draft = Omit<ComparisonCell, 'corrected' | 'verdict'> & { readonly resolution: number };

function draftCells(baseline: Candidate, candidate: Candidate, seed: number): Draft[] {
  const pairs = baseline.series.flatMap((a) => candidate.series.filter((b) => b.metric === a.metric && b.unit === a.unit).map((b) => ({ a, b })));
  const gate = gateOf(pairs.map(({ a, b }) => ({ metric: a.metric, modelled: a.modelled || b.modelled })));
  return pairs.map(({ a, b }) => ({
    metric: a.metric,
    kind: a.kind,
    unit: a.unit,
    modelled: a.modelled || b.modelled,
    role: a.metric === gate ? 'gate' : 'information',
    effect: measureEffect(a.values, b.values, seed),
    variation: coefficientOfVariation(b.values),
    resolution: Math.max(a.resolution, b.resolution),
  }));
}

function gateOf(shared: readonly { metric: string; modelled: boolean }[]): string | undefined {
  const measured = shared.filter(({ modelled }) => !modelled).map(({ metric }) => metric);
  return GATES.find((metric) => measured.includes(metric)) ?? measured[0];
}

/** The corrected p-value of each draft. */
function correct(drafts: readonly (readonly Draft[])[]): Map<Draft, number | null> {
  const families = (['gate', 'information'] as const).map((role) => drafts.flat().filter((draft) => draft.role === role));
  return new Map(families.flatMap((family) => holm(family.map(({ effect }) => effect.pValue)).map((pValue, at) => [family[at], pValue] as [Draft, number | null])));
}

interface Rules {
  readonly corrected: ReadonlyMap<Draft, number | null>;
  readonly noise: Readonly<Record<string, number>>;
  readonly obstacle: ComparisonRequest['obstacle'];
}

function rowOf(baseline: Candidate, candidate: Candidate, drafts: readonly Draft[], { corrected, noise, obstacle }: Rules): ComparisonRow {
  const cells = drafts.map((draft): ComparisonCell => {
    const { resolution, ...cell } = draft;
    const pValue = corrected.get(draft) ?? null;
    const circumstances = { kind: cell.kind, corrected: pValue, noise: candidate.control ? 0 : (noise[cell.metric] ?? 0), resolution, obstacle: obstacle(candidate, cell) };
    return { ...cell, corrected: pValue, verdict: judgeDifference(cell.effect, circumstances) };
  });
  const gate = cells.find(({ role }) => role === 'gate');
  return {
    key: candidate.key,
    label: candidate.label,
    control: candidate.control,
    cells,
    verdict: gate === undefined ? null : { ...gate.verdict, metric: gate.metric },
    alone: { baseline: withoutCell(baseline, cells), subject: withoutCell(candidate, cells) },
  };
}

function withoutCell({ series }: Candidate, cells: readonly ComparisonCell[]): string[] {
  return series.flatMap(({ metric }) => (cells.some((cell) => cell.metric === metric) ? [] : [metric]));
}

function noiseBetween(baseline: Candidate, control: Candidate | undefined, seed: number): Record<string, number> {
  if (control === undefined) return {};
  return Object.fromEntries(draftCells(baseline, control, seed).map(({ metric, effect }) => [metric, noiseOf(effect)]));
}

function metricsOf(baseline: Candidate, others: readonly Candidate[]): string[] {
  return [...new Set([baseline, ...others].flatMap(({ series }) => series.map(({ metric }) => metric)))];
}

/** A verdict in the words of the metric's unit: times are slower or faster, rates the other way round, counts more or fewer. */
export function verdictWord(name: VerdictName, unit: string): string {
  if (name !== 'more' && name !== 'less') return name;
  if (unit === 'ns' || unit === 'perSecond') return (name === 'more') === (unit === 'ns') ? 'slower' : 'faster';
  return name === 'more' ? 'more' : 'fewer';
}
