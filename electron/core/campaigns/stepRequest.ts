import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';
import type { StartMeasurement } from '../../contract/measurements.ts';

/** How a step is named in the list of measurements. */
export function runName({ name }: CampaignFile, step: CampaignStep): string {
  return `${name}: ${step.name}`.slice(0, 120).trim();
}

/** What `measurements.start` is asked for a step; `guests` are the ids of its guests. A step's own words win over the file's defaults. */
export function stepRequest(file: CampaignFile, step: CampaignStep, guests: readonly string[]): StartMeasurement {
  const said = { ...file.defaults, ...withoutUndefined(step) } as CampaignStep;
  const { runs, warmUps, timeLimitSeconds, seed, accelerator, arguments: words, durationSeconds, load, logicalTime, metrics } = said;
  const events = withoutUndefined({ durationSeconds, load, logicalTime, metrics });
  const hasEvents = said.measure !== 'boot' || Object.keys(events).length > 0;
  return {
    kind: said.measure,
    subjects: guests.map((guest) => ({ guest, ...withoutUndefined({ accelerator, extraArguments: words }) })),
    ...withoutUndefined({ runs, warmUps, timeLimitSeconds, seed }),
    // Several guests are compared, and how much two equal ones differ belongs to it.
    control: said.control ?? guests.length > 1,
    name: runName(file, step),
    question: file.question,
    ...(hasEvents && { events }),
  };
}

function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as { [Key in keyof Value]?: Exclude<Value[Key], undefined> };
}

/** How many boots a step means, warm-ups and control included, with the settings' numbers where nothing is said. */
export function bootsOf(file: CampaignFile, step: CampaignStep, usual: { readonly runs: number; readonly warmUps: number }): number {
  const { runs = usual.runs, warmUps = usual.warmUps, control } = stepRequest(file, step, step.guests);
  return (runs + warmUps) * (step.guests.length + (control === true ? 1 : 0));
}
