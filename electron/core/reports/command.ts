import type { Run } from '../../contract/measurements.ts';

/** The command that runs a measurement again, for a POSIX shell. */
export function rerunCommand(run: Run): string {
  const { plan } = run;
  const subjects = run.subjects.filter((subject) => !subject.control);
  const chosen = (values: readonly string[], option: string): string[] =>
    values.some((value) => value !== '') ? values.flatMap((value) => (value.startsWith('-') ? [`${option}=${value}`] : [option, value])) : [];
  const words = [
    ...['petri', 'measure', 'boot'],
    ...subjects.map(({ guest }) => guest.catalogEntry ?? guest.id),
    ...['--runs', String(plan.runs), '--warm-ups', String(plan.warmUps), '--timeout', String(plan.timeLimitSeconds)],
    ...chosen(subjects.map((subject) => subject.extraArguments), '--arguments'),
    ...(new Set(subjects.map((subject) => subject.accelerator)).size > 1 ? chosen(subjects.map((subject) => subject.accelerator), '--accelerator') : []),
    ...(run.subjects.some((subject) => subject.control) ? ['--control'] : []),
    ...['--instrument', plan.instrument, '--seed', String(plan.seed)],
  ];
  return words.map(quote).join(' ');
}

/** One word for a POSIX shell; quoted only where it must be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
