import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { StartMeasurement } from '../../contract/measurements.ts';
import type { MemoryModel } from '../../contract/metrics.ts';
import { wantsControl } from '../measurements/planRun.ts';
import { parseModel } from '../memory/memoryModelText.ts';

/** How a step is named in the list of measurements. */
export function runName({ name }: CampaignFile, step: CampaignStep): string {
  return `${name}: ${step.name}`.slice(0, 120).trim();
}

/** What the file does not say of a step. */
export interface StepSurroundings {
  /** Ids of its guests. */
  readonly guests: readonly string[];
  /** The line that its load is, where it has one. */
  readonly line?: string | undefined;
  /** What a model is where the step names only a part of it. */
  readonly memoryModel: MemoryModel;
}

/** Instruments that stamp what a guest prints; the others see events. */
const stamping: readonly InstrumentName[] = ['serialTrace', 'serialSocket'];

/** A step's own words, and those of the file's defaults where it has none. */
export function stepWishes(file: CampaignFile, step: CampaignStep): CampaignStep {
  return { ...file.defaults, ...withoutUndefined(step) } as CampaignStep;
}

/** What `measurements.start` is asked for a step. */
export function stepRequest(file: CampaignFile, step: CampaignStep, { guests, line, memoryModel }: StepSurroundings): StartMeasurement {
  const said = stepWishes(file, step);
  const { runs, warmUps, timeLimitSeconds, seed, instrument } = said;
  const isStamping = instrument !== undefined && stamping.includes(instrument);
  const events = withoutUndefined({
    durationSeconds: said.durationSeconds,
    load: line,
    logicalTime: said.logicalTime,
    metrics: said.metrics,
    instrument: isStamping ? undefined : instrument,
    model: said.model === undefined ? undefined : parseModel(said.model, memoryModel),
    profileEvery: said.profile,
    symbolFile: said.symbols,
    traceLimitBytes: said.traceLimitMegabytes === undefined ? undefined : said.traceLimitMegabytes * 1_000_000,
  });
  const hasEvents = said.measure !== 'boot' || Object.keys(events).length > 0;
  const subjects = guests.map((guest, at) => ({ guest, ...withoutUndefined({ accelerator: nth(said.accelerator, at), extraArguments: nth(said.arguments, at) }) }));
  return {
    kind: said.measure,
    subjects,
    ...withoutUndefined({ runs, warmUps, timeLimitSeconds, seed, instrument: isStamping ? instrument : undefined }),
    // How much two equal guests differ belongs to a comparison.
    control: wantsControl({ control: said.control, subjects }),
    name: runName(file, step),
    question: said.question ?? file.question,
    ...(hasEvents && { events }),
  };
}

/** The value for the guest at one place: the n-th, or the one that is for all. */
function nth<Value>(said: Value | readonly Value[] | undefined, at: number): Value | undefined {
  const list: readonly (Value | undefined)[] = Array.isArray(said) ? (said as readonly Value[]) : [said as Value | undefined];
  return list.length === 1 ? list[0] : list[at];
}

function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as { [Key in keyof Value]?: Exclude<Value[Key], undefined> };
}

/** How many boots a step means, warm-ups and control included, with the settings' numbers where nothing is said; `control` of them are the control's. */
export function bootsOf(file: CampaignFile, step: CampaignStep, usual: { readonly runs: number; readonly warmUps: number }): { readonly boots: number; readonly control: number } {
  const { runs = usual.runs, warmUps = usual.warmUps, control, guests } = stepWishes(file, step);
  const each = runs + warmUps;
  const ofControl = wantsControl({ control, subjects: guests.map((guest) => ({ guest })) }) ? each : 0;
  return { boots: each * guests.length + ofControl, control: ofControl };
}
