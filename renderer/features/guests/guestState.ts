import { CircleAlert, CircleDashed, HeartCrack, HeartPulse, LoaderCircle, Pause, Play, Square } from '@lucide/vue';
import type { Guest, GuestRuntime, Health } from '../../../electron/contract/guests.ts';
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

const healthMarks: Readonly<Record<Exclude<Health['state'], 'none'>, Mark>> = {
  starting: { tone: 'neutral', word: 'Not yet healthy', icon: CircleDashed },
  healthy: { tone: 'good', word: 'Healthy', icon: HeartPulse },
  unhealthy: { tone: 'bad', word: 'Unhealthy', icon: HeartCrack },
};

/** What the health check found, or null where there is none. */
export function healthMark(health: Health): Mark | null {
  return health.state === 'none' ? null : healthMarks[health.state];
}

/** The accelerator that runs it, or the one that is wished for. */
export function acceleratorOf({ definition, runtime }: Guest): string {
  return 'machine' in runtime ? runtime.machine.accelerator : definition.accelerator;
}

/** The system by the name that it has in the catalog, or by its id while the catalog is not known. */
export function systemOf({ definition: { catalogEntry } }: Guest, catalog: ReadonlyMap<string, { readonly name: string }>): string {
  return catalogEntry === null ? 'Your own' : (catalog.get(catalogEntry)?.name ?? catalogEntry);
}

export function isActive({ runtime }: Guest): boolean {
  return runtime.state !== 'stopped';
}

/** The words that a search in the list looks at. */
export function searchText(guest: Guest, system: string): string {
  const { name, group, architecture, notes, place } = guest.definition;
  return [name, group ?? '', architecture, notes, place.kind, system, stateMark(guest.runtime).word, healthMark(guest.health)?.word ?? '', acceleratorOf(guest)].join(' ').toLowerCase();
}
