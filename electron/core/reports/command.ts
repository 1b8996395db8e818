import type { EventPlan, Run } from '../../contract/measurements.ts';
import { modelText } from '../memory/memoryModelText.ts';

/** The command that runs a measurement again, for a POSIX shell. */
export function rerunCommand(run: Run): string {
  const { plan } = run;
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

/** Said only where it is not what a run with so many subjects has by itself. */
function controlWords({ subjects }: Run): string[] {
  const hasControl = subjects.some(({ control }) => control);
  const isUsual = subjects.filter(({ control }) => !control).length > 1;
  return hasControl === isUsual ? [] : [hasControl ? '--control' : '--no-control'];
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
