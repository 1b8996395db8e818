import type { EventPlan, Run } from '../../contract/measurements.ts';
import { isKnown } from '../measurements/knownFacts.ts';
import { modelText } from '../memory/memoryModelText.ts';

/** The command that runs a measurement again, for a POSIX shell. */
export function rerunCommand(run: Run): string {
  const { plan } = run;
  // A comment is a command that does nothing: the files do not say how to do it again.
  if (!isKnown(run, 'machine')) return '# The imported files do not say how it was measured.';
  const subjects = run.subjects.filter((subject) => !subject.control);
  const chosen = (values: readonly string[], option: string): string[] =>
    values.some((value) => value !== '') ? values.flatMap((value) => (value.startsWith('-') ? [`${option}=${value}`] : [option, value])) : [];
  const words = [
    ...['petri', 'measure', run.kind],
    ...subjects.map(({ guest }) => guest.catalogEntry ?? guest.id),
    ...['--runs', String(plan.runs), '--warm-ups', String(plan.warmUps), '--timeout', String(plan.timeLimitSeconds)],
    ...chosen(subjects.map((subject) => subject.extraArguments), '--arguments'),
    ...(new Set(subjects.map((subject) => subject.accelerator)).size > 1 ? chosen(subjects.map((subject) => subject.accelerator), '--accelerator') : []),
    ...controlWords(run),
    ...(plan.events === null ? ['--instrument', plan.instrument] : eventWords(plan.events)),
    ...['--seed', String(plan.seed)],
  ];
  return words.map(quote).join(' ');
}

/** Said where there is one, and where a run with so many subjects would have one by itself. */
function controlWords({ subjects }: Run): string[] {
  const hasControl = subjects.some(({ control }) => control);
  const isUsual = subjects.filter(({ control }) => !control).length > 1;
  if (hasControl) return ['--control'];
  return isUsual ? ['--no-control'] : [];
}

/** What is looked at, and when; the instrument that sees it stands for the one that stamps. */
function eventWords({ instrument, metrics, window, load, logicalTime, model, profileEvery, symbolFile }: EventPlan): string[] {
  return [
    ...['--instrument', instrument, '--metrics', metrics.join(',')],
    ...(window.durationSeconds === null ? [] : ['--duration', String(window.durationSeconds)]),
    ...(load === null ? [] : load.startsWith('-') ? [`--type=${load}`] : ['--type', load]),
    ...(logicalTime ? ['--logical-time'] : []),
    ...(model === null ? [] : ['--model', modelText(model)]),
    ...(profileEvery === null ? [] : ['--profile', String(profileEvery)]),
    ...(symbolFile === null ? [] : ['--symbols', symbolFile]),
  ];
}

/** One word for a POSIX shell; quoted only where it must be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
