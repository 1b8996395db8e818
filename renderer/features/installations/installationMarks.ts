import { Ban, Check, CircleDashed, CircleSlash, Hand, LoaderCircle, TriangleAlert, X } from '@lucide/vue';
import type { Installation, InstallationStep } from '../../../electron/contract/installations.ts';
import type { Mark } from '../../components/verdicts.ts';

export const stateMarks: Readonly<Record<Installation['state'], Mark>> = {
  running: { tone: 'accent', word: 'Running', icon: LoaderCircle },
  byHand: { tone: 'warn', word: 'By hand', icon: Hand },
  interrupted: { tone: 'warn', word: 'Interrupted', icon: TriangleAlert },
  failed: { tone: 'bad', word: 'Failed', icon: X },
  cancelled: { tone: 'neutral', word: 'Cancelled', icon: Ban },
  done: { tone: 'good', word: 'Done', icon: Check },
};

export const stepMarks: Readonly<Record<InstallationStep['state'], Mark>> = {
  waiting: { tone: 'neutral', word: 'Waiting', icon: CircleDashed },
  running: { tone: 'accent', word: 'Running', icon: LoaderCircle },
  done: { tone: 'good', word: 'Done', icon: Check },
  failed: { tone: 'bad', word: 'Failed', icon: X },
  skipped: { tone: 'neutral', word: 'Skipped', icon: CircleSlash },
};

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
