import { Hand } from '@lucide/vue';
import type { Installation } from '../../../electron/contract/installations.ts';
import { workMarks, type Mark } from '../../components/verdicts.ts';

/** An installation stands as any work does, or waits for the user's hands. */
export const stateMarks: Readonly<Record<Installation['state'], Mark>> = { ...workMarks, byHand: { tone: 'warn', word: 'By hand', icon: Hand } };

/** What a person can do about an installation now. */
export interface Acts {
  readonly takeOver: boolean;
  readonly handBack: boolean;
  readonly finish: boolean;
  readonly resume: boolean;
  readonly cancel: boolean;
  readonly forget: boolean;
}

export function actsOf({ state, draft, steps }: Installation): Acts {
  const inScript = draft.install === 'unattended' && steps.some((step) => step.state === 'running' && /^(install|firstBoot)/.test(step.id));
  return {
    takeOver: state === 'running' && inScript,
    handBack: draft.install === 'unattended' && (state === 'byHand' || state === 'failed'),
    finish: state === 'byHand',
    resume: state === 'interrupted' || state === 'failed',
    cancel: state === 'running' || state === 'byHand' || state === 'interrupted' || state === 'failed',
    forget: state === 'done' || state === 'cancelled',
  };
}

/** How much of it is done, in whole steps. */
export function doneSteps({ steps }: Pick<Installation, 'steps'>): number {
  return steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
}
