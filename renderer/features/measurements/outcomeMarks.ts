import { Check, TriangleAlert } from '@lucide/vue';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { workMarks, type Mark } from '../../components/verdicts.ts';

/** How one boot of a run ended. */
export const outcomeMarks: Readonly<Record<Sample['outcome'], Mark>> = {
  complete: { tone: 'good', word: 'Complete', icon: Check },
  incomplete: { tone: 'warn', word: 'Incomplete', icon: TriangleAlert },
  failed: workMarks.failed,
};
