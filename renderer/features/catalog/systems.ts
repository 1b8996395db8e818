import { Check, CircleDashed, MessageSquare, MessageSquareQuote, X } from '@lucide/vue';
import type { CatalogEntry, CatalogImage, CatalogState, Knowledge, LibraryImage, PartialDownload } from '../../../electron/contract/catalog.ts';
import { fetchedImage } from '../../../electron/core/catalog/imageSources.ts';
import type { Mark } from '../../components/verdicts.ts';

export interface Family {
  readonly name: string;
  readonly entries: readonly CatalogEntry[];
}

/** What a beginner reaches for first stands first; what Petri knows nothing of stands last. */
const order = ['Petri', 'MINIX', 'GNU/Hurd', 'Linux'];
const LAST = 'Your own';

/** A system of the user's own: its entry only guides the choices, and what is installed is of no entry. */
export function isOwn({ images, family }: CatalogEntry): boolean {
  return family === LAST && images.some(({ source }) => source.kind === 'own');
}

function placeOf(family: string): number {
  const known = order.indexOf(family);
  return family === LAST ? order.length + 1 : known < 0 ? order.length : known;
}

/** Systems by family, each family by name; only those that have every word of the filter somewhere. */
export function families(entries: readonly CatalogEntry[], filter = ''): Family[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const textOf = ({ id, name, family, summary, architecture }: CatalogEntry): string => [id, name, family, summary, architecture].join(' ').toLowerCase();
  const shown = entries.filter((entry) => words.every((word) => textOf(entry).includes(word)));
  const names = [...new Set(shown.map(({ family }) => family))].sort((one, other) => placeOf(one) - placeOf(other) || one.localeCompare(other));
  return names.map((name) => ({ name, entries: shown.filter(({ family }) => family === name).toSorted((one, other) => one.name.localeCompare(other.name)) }));
}

export const knowledgeMarks: Readonly<Record<Knowledge, Mark>> = {
  verified: { tone: 'good', word: 'Verified', icon: Check },
  reported: { tone: 'accent', word: 'Reported', icon: MessageSquare },
  claimed: { tone: 'neutral', word: 'Claimed', icon: MessageSquareQuote },
  fails: { tone: 'bad', word: 'Fails', icon: X },
};

/** Whether somebody has seen it boot with Petri. */
export function verifiedMark({ verified }: CatalogEntry): Mark {
  return verified === null ? { tone: 'neutral', word: 'Not seen', icon: CircleDashed } : { tone: 'good', word: 'Boots', icon: Check };
}

export function verifiedWords({ verified }: CatalogEntry): string {
  if (verified === null) return 'Nobody has booted it with Petri yet.';
  return `Seen to boot with QEMU ${verified.qemu} on ${verified.date}.${verified.note === undefined ? '' : ` ${verified.note}`}`;
}

/** Where one image of a system is now. */
export type ImageState =
  | { readonly kind: 'shipped' | 'own' | 'absent' }
  | { readonly kind: 'partial'; readonly partial: PartialDownload }
  | { readonly kind: 'here'; readonly kept: LibraryImage };

export function imageState({ library, partials }: Pick<CatalogState, 'library' | 'partials'>, entry: CatalogEntry, image: CatalogImage): ImageState {
  if (image.source.kind === 'shipped') return { kind: 'shipped' };
  const kept = fetchedImage(library, entry, image);
  if (kept !== undefined) return { kind: 'here', kept };
  if (image.source.kind === 'own') return { kind: 'own' };
  const partial = partials.find((one) => one.entry === entry.id && one.image === image.id);
  return partial === undefined ? { kind: 'absent' } : { kind: 'partial', partial };
}

/** How far the whole system is: all that it needs is here, some of it, or nothing. */
export function readiness(state: Pick<CatalogState, 'library' | 'partials'>, entry: CatalogEntry): 'here' | 'partly' | 'absent' | 'own' {
  const states = entry.images.map((image) => imageState(state, entry, image).kind);
  if (states.includes('own')) return 'own';
  const here = states.filter((kind) => kind === 'here' || kind === 'shipped').length;
  if (here === states.length) return 'here';
  return here > 0 || states.includes('partial') ? 'partly' : 'absent';
}

export const readinessWords = { here: 'here', partly: 'partly here', absent: 'to be fetched', own: 'your file' } as const;
