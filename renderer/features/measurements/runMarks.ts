import { Ban, Check, LoaderCircle, TriangleAlert, X } from '@lucide/vue';
import type { Run, Sample } from '../../../electron/contract/measurements.ts';
import type { Mark } from '../../components/verdicts.ts';

/** How a run stands, as a word with its icon. */
export const runMarks: Readonly<Record<Run['state'], Mark>> = {
  running: { tone: 'accent', word: 'Running', icon: LoaderCircle },
  done: { tone: 'good', word: 'Done', icon: Check },
  cancelled: { tone: 'neutral', word: 'Cancelled', icon: Ban },
  interrupted: { tone: 'warn', word: 'Interrupted', icon: TriangleAlert },
  failed: { tone: 'bad', word: 'Failed', icon: X },
};

export const outcomeMarks: Readonly<Record<Sample['outcome'], Mark>> = {
  complete: { tone: 'good', word: 'Complete', icon: Check },
  incomplete: { tone: 'warn', word: 'Incomplete', icon: TriangleAlert },
  failed: { tone: 'bad', word: 'Failed', icon: X },
};
