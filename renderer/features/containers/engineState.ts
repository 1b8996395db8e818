import { Ban, Check, CircleDashed, Clock, Minus, Power, Shuffle } from '@lucide/vue';
import type { Engine, EngineImage } from '../../../electron/contract/containers.ts';
import type { Mark } from '../../components/verdicts.ts';

/** How an engine stands; each has its own word, and its failure says what to do. */
export const engineMarks: Readonly<Record<Engine['state'], Mark>> = {
  good: { tone: 'good', word: 'Ready', icon: Check },
  absent: { tone: 'neutral', word: 'Not installed', icon: Minus },
  stopped: { tone: 'warn', word: 'Stopped', icon: Power },
  denied: { tone: 'bad', word: 'Denied', icon: Ban },
  tooOld: { tone: 'warn', word: 'Too old', icon: Clock },
  podman: { tone: 'warn', word: 'Podman', icon: Shuffle },
  unknown: { tone: 'neutral', word: 'Not known yet', icon: CircleDashed },
};

/** How an image stands on the chosen engine. */
export function imageMark({ id, outdated }: EngineImage): Mark {
  if (id === null) return { tone: 'neutral', word: 'Not built', icon: Minus };
  return outdated ? { tone: 'warn', word: 'Outdated: the recipe changed', icon: Clock } : { tone: 'good', word: 'Built', icon: Check };
}
