import { ArrowLeftRight, Camera, CircleAlert, CirclePlus, HeartCrack, HeartPulse, Pause, Pencil, Play, Power, RefreshCw, RotateCcw, Undo2, Zap } from '@lucide/vue';
import type { LifeEvent } from '../../../electron/contract/guests.ts';
import type { Mark } from '../../components/verdicts.ts';

/** Each kind of event with its word, its icon and its tone. */
export const lifeMarks: Readonly<Record<LifeEvent['what'], Mark>> = {
  created: { tone: 'neutral', word: 'Created', icon: CirclePlus },
  started: { tone: 'good', word: 'Started', icon: Play },
  paused: { tone: 'warn', word: 'Paused', icon: Pause },
  resumed: { tone: 'good', word: 'Resumed', icon: Play },
  reset: { tone: 'neutral', word: 'Reset', icon: RotateCcw },
  poweredDown: { tone: 'neutral', word: 'Powered down', icon: Power },
  killed: { tone: 'neutral', word: 'Killed', icon: Zap },
  crashed: { tone: 'bad', word: 'Crashed', icon: CircleAlert },
  lost: { tone: 'bad', word: 'Lost', icon: CircleAlert },
  adopted: { tone: 'neutral', word: 'Taken over by a new lab', icon: ArrowLeftRight },
  restarted: { tone: 'warn', word: 'Restarted by its policy', icon: RefreshCw },
  healthy: { tone: 'good', word: 'Healthy', icon: HeartPulse },
  unhealthy: { tone: 'bad', word: 'Unhealthy', icon: HeartCrack },
  snapshot: { tone: 'accent', word: 'Snapshot taken', icon: Camera },
  reverted: { tone: 'accent', word: 'Reverted', icon: Undo2 },
  changed: { tone: 'neutral', word: 'Changed', icon: Pencil },
};
