import type { Campaign, CampaignStep } from '../../contract/campaigns.ts';
import { DeclaredError, type Failure } from '../../contract/errors.ts';
import type { Run, RunEvent, Sample, StartMeasurement } from '../../contract/measurements.ts';
import type { Settings } from '../../contract/settings.ts';
import { stepRequest } from '../../core/campaigns/stepRequest.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';
import { wasCancelled } from '../tasks/wasCancelled.ts';
import type { Work } from '../tasks/works.ts';
import { guestsOfStep, type CampaignGuests } from './campaignGuests.ts';
import { lineOfStep } from './campaignLoads.ts';

export interface CampaignMeasurements {
  start(input: StartMeasurement): Promise<Run>;
  resume(id: string): Promise<Run>;
  cancel(id: string): Promise<Run>;
  get(id: string): { run: Run; samples: readonly Sample[] };
  watch(id: string, signal?: AbortSignal): AsyncGenerator<RunEvent>;
}

export interface Performance {
  readonly work: Work<Campaign, null>;
  /** Stores what has become of it. */
  readonly keep: (campaign: Campaign) => void;
}

export interface CampaignTools {
  readonly guests: CampaignGuests;
  readonly measurements: CampaignMeasurements;
  readonly settings: { get(): Pick<Settings, 'memoryModel'> };
  readonly log: Log;
}

type StepRecord = Campaign['steps'][number];

/**
 * Carries out the steps that are not done, one after the other. A step whose measurement fails is recorded, and so is every step that
 * waits for it; the others go on. Throws when it is cancelled, or the lab ends.
 */
export async function performCampaign({ work, keep }: Performance, tools: CampaignTools): Promise<void> {
  const { cancelled, closing, signal } = work;
  const record = (name: string, change: Partial<StepRecord>): void => {
    const campaign = work.thing();
    keep({ ...campaign, steps: campaign.steps.map((step) => (step.name === name ? { ...step, ...change } : step)) });
  };
  for (const [done, { name, state }] of work.thing().steps.entries()) {
    work.report({ done, phase: name });
    if (state === 'done') continue;
    signal.throwIfAborted();
    await performStep(name, { state: () => work.thing(), record, cancelled, closing }, tools);
  }
}

interface StepWork {
  readonly state: () => Campaign;
  readonly record: (name: string, change: Partial<StepRecord>) => void;
  readonly cancelled: AbortSignal;
  readonly closing: AbortSignal;
}

async function performStep(name: string, { state, record, cancelled, closing }: StepWork, tools: CampaignTools): Promise<void> {
  const { file, steps } = state();
  const step = file.steps.find((candidate) => candidate.name === name);
  if (step === undefined) return;
  const blocker = step.after.find((before) => steps.find((other) => other.name === before)?.state !== 'done');
  if (blocker !== undefined) {
    record(name, { state: 'skipped', failure: { code: 'CAMPAIGN_STEP_FAILED', details: { step: name, after: blocker } } });
    return;
  }
  try {
    const run = await beginRun(state(), step, tools);
    record(name, { state: 'running', run: run.id, failure: null });
    const ended = await endOfRun(run.id, tools.measurements, { cancelled, closing });
    const failure = ended.failure ?? cancelledFailure(ended) ?? whyUseless(ended, tools.measurements);
    record(name, { state: ended.state === 'done' && failure === null ? 'done' : 'failed', failure });
  } catch (error) {
    if ((cancelled.aborted || closing.aborted) && wasCancelled(error, cancelled, closing)) throw error;
    record(name, { state: 'failed', failure: toFailure(error, 'campaigns', tools.log) });
  }
}

/** A run that was cut off is resumed, where that is still possible; else the step begins anew. */
async function beginRun({ file, steps }: Campaign, step: CampaignStep, { guests, measurements, settings }: CampaignTools): Promise<Run> {
  const known = steps.find(({ name }) => name === step.name)?.run ?? null;
  if (known !== null) {
    const resumed = await measurements.resume(known).catch((error: unknown) => {
      if (error instanceof DeclaredError) return null;
      throw error;
    });
    if (resumed !== null) return resumed;
  }
  const line = lineOfStep(file, step, guests);
  return measurements.start(stepRequest(file, step, { guests: await guestsOfStep(step, guests), line, memoryModel: settings.get().memoryModel }));
}

/** Cancelled, the run is cancelled with it and its end awaited; when the lab ends, the run is interrupted by its own service. */
async function endOfRun(id: string, measurements: CampaignMeasurements, { cancelled, closing }: Pick<StepWork, 'cancelled' | 'closing'>): Promise<Run> {
  const cancel = (): void => void measurements.cancel(id).catch(() => undefined);
  cancelled.addEventListener('abort', cancel, { once: true });
  try {
    if (cancelled.aborted) cancel();
    // The stream ends with the run.
    for await (const event of measurements.watch(id, closing)) if (event.type === 'run' && event.run.state !== 'running') break;
    const { run } = measurements.get(id);
    // What went wrong with it is said, whoever asked it to stop.
    if (run.state === 'failed') return run;
    cancelled.throwIfAborted();
    closing.throwIfAborted();
    return run;
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}

/** A run of which no boot came to its end has nothing for those who wait for it. */
function whyUseless({ id }: Run, measurements: CampaignMeasurements): Failure | null {
  const counted = measurements.get(id).samples.filter(({ warmUp }) => !warmUp);
  if (counted.some(({ outcome }) => outcome === 'complete')) return null;
  return counted.find(({ failure }) => failure !== null)?.failure ?? { code: 'NO_SAMPLES', details: { run: id } };
}

function cancelledFailure({ state, name }: Run): Failure | null {
  return state === 'cancelled' ? { code: 'CANCELLED', details: { task: name } } : null;
}
