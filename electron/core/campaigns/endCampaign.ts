import type { Campaign } from '../../contract/campaigns.ts';
import type { Failure } from '../../contract/errors.ts';

type StepState = Campaign['steps'][number]['state'];

/** How the work on a campaign ended; a failure is of the campaign itself, such as a disk that takes nothing of it any more. */
export interface CampaignEnd {
  readonly how: 'done' | 'cancelled' | 'interrupted' | 'failed';
  readonly failure: Failure | null;
  readonly at: string;
}

/** The campaign as it is then. What is not done of it can be resumed; the step at which it stopped says why. */
export function endCampaign(campaign: Campaign, { how, failure, at }: CampaignEnd): Campaign {
  const stoppedAt = failure === null ? undefined : (campaign.steps.find(({ state }) => state === 'running') ?? campaign.steps.find(({ state }) => state === 'waiting'));
  const steps = campaign.steps.map((step) => {
    if (step === stoppedAt) return { ...step, state: 'failed' as const, failure };
    const cut: StepState = how === 'interrupted' ? 'interrupted' : 'cancelled';
    return how !== 'done' && step.state === 'running' ? { ...step, state: cut } : step;
  });
  const state = how === 'done' && steps.some((step) => step.state !== 'done') ? 'failed' : how;
  return { ...campaign, state, steps, endedAt: state === 'interrupted' ? null : at };
}
