import type { Run, StartMeasurement } from '../../../electron/contract/measurements.ts';

/** The same question once more: the same subjects and plan, with an order of its own. */
export function startAgain({ kind, name, question, subjects, plan }: Run): StartMeasurement {
  const { events } = plan;
  return {
    kind,
    subjects: subjects
      .filter(({ control }) => !control)
      .map(({ guest, label, accelerator, extraArguments }) => ({ guest: guest.id, label, accelerator, extraArguments })),
    runs: plan.runs,
    warmUps: plan.warmUps,
    timeLimitSeconds: plan.timeLimitSeconds,
    instrument: plan.instrument,
    control: subjects.some(({ control }) => control),
    ...(events === null ? {} : { events: wishesOf(events) }),
    name,
    question,
  };
}

function wishesOf({ window, ...events }: NonNullable<Run['plan']['events']>): NonNullable<StartMeasurement['events']> {
  return { ...events, from: window.from, ...(window.durationSeconds === null ? {} : { durationSeconds: window.durationSeconds }) };
}
