import { CircleAlert, LoaderCircle, Pause, Play, Square } from '@lucide/vue';
import type { Guest, GuestRuntime } from '../../../electron/contract/guests.ts';
import type { Mark } from '../../components/verdicts.ts';

const marks: Readonly<Record<GuestRuntime['state'], Mark>> = {
  stopped: { tone: 'neutral', word: 'Stopped', icon: Square },
  starting: { tone: 'accent', word: 'Starting', icon: LoaderCircle },
  running: { tone: 'good', word: 'Running', icon: Play },
  paused: { tone: 'warn', word: 'Paused', icon: Pause },
  stopping: { tone: 'accent', word: 'Stopping', icon: LoaderCircle },
};

/** A guest's state as a word and a mark; a guest that ended by itself in trouble says so. */
export function stateMark(runtime: GuestRuntime): Mark {
  if (runtime.state === 'stopped' && runtime.end?.how === 'crashed') return { tone: 'bad', word: 'Crashed', icon: CircleAlert };
  if (runtime.state === 'stopped' && runtime.end?.how === 'lost') return { tone: 'bad', word: 'Lost', icon: CircleAlert };
  return marks[runtime.state];
}

/** The accelerator that runs it, or the one that is wished for. */
export function acceleratorOf({ definition, runtime }: Guest): string {
  return 'machine' in runtime ? runtime.machine.accelerator : definition.accelerator;
}

export function systemOf({ definition }: Guest): string {
  if (definition.catalogEntry === null) return 'Own kernel';
  return definition.catalogEntry.startsWith('builtin') ? 'Petri’s own guest' : definition.catalogEntry;
}
