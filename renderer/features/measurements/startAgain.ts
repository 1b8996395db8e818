import type { Run, StartMeasurement } from '../../../electron/contract/measurements.ts';

/** The same question once more: the same subjects and plan, with an order of its own. */
export function startAgain({ name, question, subjects, plan }: Run): StartMeasurement {
  return {
    kind: 'boot',
    subjects: subjects
      .filter(({ control }) => !control)
      .map(({ guest, label, accelerator, extraArguments }) => ({ guest: guest.id, label, accelerator, extraArguments })),
    runs: plan.runs,
    warmUps: plan.warmUps,
    timeLimitSeconds: plan.timeLimitSeconds,
    instrument: plan.instrument,
    control: subjects.some(({ control }) => control),
    name,
    question,
  };
}
