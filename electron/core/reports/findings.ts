import type { Run, Sample } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import type { Comparison, RunSummary, SubjectSummary } from '../../contract/summaries.ts';
import { formatCount, formatDuration, formatInterval, formatRatio } from '../charts/numbers.ts';
import { metricTitle } from '../charts/phaseIntervals.ts';
import { isKnown } from '../measurements/knownFacts.ts';
import { phasesOfAll } from '../measurements/subjectTable.ts';
import { asksForBootTime, kindComparisons, kindFindings, logicalTimeFinding } from './kindFindings.ts';
import { intervalWords, medianOf } from './medianWords.ts';
import { coarsestResolution } from './resolution.ts';
import { publishedText } from './verdictRows.ts';

interface Findings {
  readonly run: Run;
  readonly samples: readonly Sample[];
  readonly summary: RunSummary;
  readonly published: readonly PublishedValue[];
}

/** The answer in a few sentences that a student can follow. Every number in them is one of the summary, rounded. */
export function reportFindings({ run, samples, summary, published }: Findings): string[] {
  const resolutionNs = coarsestResolution(samples);
  const measured = summary.subjects.filter((subject) => !isControl(run, subject.key));
  if (!asksForBootTime(run)) {
    const failures = measured.flatMap((subject) => [...missingFindings(subject, samples), ...failedFinding(subject)]);
    return [...kindComparisons(run, samples), ...measured.flatMap((subject) => kindFindings(run, subject)), ...logicalTimeFinding(run), ...failures];
  }
  // Who compares wants to know the difference first.
  return [
    ...comparisonFindings(run, summary),
    ...measured.flatMap((subject) => subjectFindings(run, subject, samples, resolutionNs)),
    ...measured.flatMap((subject) => verdictFindings(run, subject, published, measured.length > 1)),
  ];
}

function isControl(run: Run, key: string): boolean {
  return run.subjects.find((subject) => subject.key === key)?.control ?? false;
}

function subjectFindings(run: Run, subject: SubjectSummary, samples: readonly Sample[], resolutionNs: number): string[] {
  const { label, boot, complete, incomplete, failed } = subject;
  const boots = complete + incomplete + failed;
  if (boot === null) return [`“${label}”: none of ${boots} boots was complete, so there is no boot time.`, ...missingFindings(subject, samples)];
  return [
    `“${label}” boots in ${formatDuration(boot.median, resolutionNs)} (${medianOf(boot.count, 'boot')}${intervalWords(boot, 'boot', (low, high) => formatInterval({ low, high }, resolutionNs))}), from its first phase to its last${watchedWords(run)}.`,
    ...longestPhase(run, subject, resolutionNs),
    ...outlierFindings(subject, resolutionNs),
    ...missingFindings(subject, samples),
    ...failedFinding(subject),
  ];
}

function failedFinding({ complete, incomplete, failed }: SubjectSummary): string[] {
  return failed > 0 ? [`${failed} of ${complete + incomplete + failed} boots failed and are not counted; the list of boots says why.`] : [];
}

/** What else looked on and cost time. */
function watchedWords({ plan: { events } }: Run): string {
  if (events === null) return '';
  const profile = events.profileEvery === null ? '' : `, with a profile of one in ${formatCount(events.profileEvery)} instructions`;
  return `; ${events.instrument} looked on${profile}, which makes it longer than a boot that only the serial port is seen of`;
}

/** Where the time goes, and what came before the boot. */
function longestPhase(run: Run, subject: SubjectSummary, resolutionNs: number): string[] {
  const first = subject.phases.find((phase) => phase.seen > 0);
  const others = subject.phases.filter((phase) => phase !== first && phase.duration !== null);
  const longest = others.toSorted((a, b) => (b.duration?.median ?? 0) - (a.duration?.median ?? 0))[0];
  const before = first?.duration ?? null;
  return [
    ...(longest?.duration ? [`The longest phase is “${longest.title}” with ${formatDuration(longest.duration.median, resolutionNs)}. ${explanationOf(run, longest.name)}`.trim()] : []),
    ...(before === null ? [] : [`${isKnown(run, 'machine') ? 'Before its first phase, QEMU, the firmware and the loader take' : 'From the start of its container to its first marker it takes'} ${formatDuration(before.median, resolutionNs)}; that is not part of the boot time.`]),
  ];
}

function explanationOf(run: Run, name: string): string {
  return phasesOfAll(run).phases.find((phase) => phase.name === name)?.explanation ?? '';
}

function outlierFindings({ boot }: SubjectSummary, resolutionNs: number): string[] {
  if (boot === null || boot.outliers.length === 0) return [];
  const [boots, are] = boot.outliers.length === 1 ? ['Boot', 'is an outlier'] : ['Boots', 'are outliers'];
  return [`${boots} ${list(boot.outliers.map(String))} ${are}; the boot times range from ${formatDuration(boot.min, resolutionNs)} to ${formatDuration(boot.max, resolutionNs)}. Outliers are kept in every number.`];
}

function missingFindings(subject: SubjectSummary, samples: readonly Sample[]): string[] {
  const missing = subject.phases.filter((phase) => phase.observable && phase.missing > 0);
  const first = missing[0];
  if (first === undefined) return [];
  const stamps = samples.filter((sample) => sample.subject === subject.key && !sample.warmUp).flatMap((sample) => sample.phases);
  const seenLast = stamps.find((stamp) => stamp.name === first.name && stamp.status === 'missing');
  const line = seenLast?.status === 'missing' && seenLast.seenLast !== '' ? ` The last line before it was “${seenLast.seenLast}”.` : '';
  return [`“${first.title}” was missing in ${first.missing} of ${first.missing + first.seen} boots of “${subject.label}”.${line}`];
}

function comparisonFindings(run: Run, summary: RunSummary): string[] {
  const label = (key: string): string => summary.subjects.find((subject) => subject.key === key)?.label ?? key;
  const keys = [...new Set(summary.comparisons.map((comparison) => comparison.b))];
  return keys.flatMap((key) => {
    const own = summary.comparisons.filter((comparison) => comparison.b === key);
    const boot = own.find((comparison) => comparison.metric === 'boot');
    if (boot === undefined) return gateFinding(own, label);
    return isControl(run, key) ? [controlFinding(own, boot)] : [...gateFinding(own, label), bootFinding(boot, label), ...phaseFindings(run, own)];
  });
}

function ratioWords({ ratio, interval }: Comparison): string {
  return `${formatRatio(ratio)}${interval === null ? '' : ` (interval ${formatRatio(interval.low)} to ${formatRatio(interval.high)})`}`;
}

const conclusions: Readonly<Record<Comparison['conclusion'], string>> = {
  same: 'they are equal within the interval',
  slower: 'it is slower, and these boots show it',
  faster: 'it is faster, and these boots show it',
  more: 'it is more, and these boots show it',
  fewer: 'it is less, and these boots show it',
  undecided: 'these boots do not decide whether there is a difference',
  'ratio only': 'a ratio only, and nothing is concluded from it',
};

function bootFinding(boot: Comparison, label: (key: string) => string): string {
  const why = boot.comparable ? '' : ` ${boot.reason}`;
  const standing = boot.role === 'gate' ? '' : ' This is information: another metric decides.';
  return `The boot of “${label(boot.b)}” takes ${ratioWords(boot)} times as long as that of “${label(boot.a)}”: ${conclusions[boot.conclusion]}.${why}${standing}`;
}

/** What decides where it is not the time of the boot. */
function gateFinding(own: readonly Comparison[], label: (key: string) => string): string[] {
  const gate = own.find(({ role, metric }) => role === 'gate' && metric !== 'boot');
  if (gate === undefined) return [];
  return [`Decided by ${gate.metric}: those of “${label(gate.b)}” are ${ratioWords(gate)} times those of “${label(gate.a)}”: ${conclusions[gate.conclusion]}. ${gate.reason}`];
}

function phaseFindings(run: Run, comparisons: readonly Comparison[]): string[] {
  const changed = comparisons.filter(({ metric, conclusion }) => metric !== 'boot' && metric !== 'instructions' && (conclusion === 'slower' || conclusion === 'faster'));
  if (changed.length === 0) return [];
  const named = changed.map((comparison) => `“${metricTitle(comparison.metric, phasesOfAll(run))}” (${formatRatio(comparison.ratio)} times)`);
  return [`The phases that differ are ${list(named)}.`];
}

function controlFinding(comparisons: readonly Comparison[], boot: Comparison): string {
  const differing = comparisons.filter(({ conclusion }) => !['same', 'undecided', 'ratio only'].includes(conclusion));
  const start = `The control, the same guest once more, has a boot ratio of ${ratioWords(boot)}`;
  if (differing.length === 0) return `${start}: two equal things are not told apart here, as it should be.`;
  return `${start}, and two equal things were told apart in ${differing.length} of ${comparisons.length} metrics: take no difference of this size seriously.`;
}

function verdictFindings(run: Run, subject: SubjectSummary, published: readonly PublishedValue[], several: boolean): string[] {
  const whole = subject.verdicts.map((entry) => ({ ...entry, metric: 'boot' }));
  const phases = subject.phases.flatMap((phase) => phase.verdicts.map((entry) => ({ ...entry, metric: phase.name })));
  // A baseline has a verdict for each phase: the table has them all, the sentences only those that ask for attention.
  const notable = phases.filter(({ verdict }) => verdict.name === 'NEEDS_VALIDATION');
  return [...whole, ...notable].map(({ published: id, verdict, metric }) => {
    const value = published.find((candidate) => candidate.id === id);
    const who = several ? `“${subject.label}”, ` : '';
    return `${who}${metricTitle(metric, phasesOfAll(run))} against ${value === undefined ? id : `${publishedText(value)}, ${value.source.title}`}: ${verdict.name}. ${verdict.reason}`;
  });
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
