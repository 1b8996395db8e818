import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';
import type { CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import type { GuestLoad } from '../../contract/measurements.ts';
import type { LoadedGuest } from '../measurements/loads.ts';

/** Where a campaign finds its guests, and what they can do. */
export interface CampaignGuests {
  list(): readonly Guest[];
  entries(): readonly Pick<CatalogEntry, 'id' | 'phaseTable' | 'architecture'>[];
  createFromCatalog(entry: string): Promise<Guest> | Guest;
  loadsOf(guest: LoadedGuest): readonly GuestLoad[];
}

/** What a word of a campaign file means: a guest that is here, or an entry of which one is made. */
type Found = { readonly guest: Guest['definition'] } | { readonly entry: Pick<CatalogEntry, 'id' | 'phaseTable' | 'architecture'> };

function find(word: string, guests: CampaignGuests): Found | null {
  const known = guests.list().map(({ definition }) => definition);
  const guest = known.find(({ id }) => id === word) ?? known.find(({ name }) => name === word) ?? known.find(({ catalogEntry }) => catalogEntry === word);
  if (guest !== undefined) return { guest };
  const entry = guests.entries().find(({ id }) => id === word);
  return entry === undefined ? null : { entry };
}

/** Throws CAMPAIGN_GUEST_MISSING with every word that means nothing; nothing is made. */
export function findCampaignGuests({ steps }: CampaignFile, guests: CampaignGuests): void {
  const missing = steps.flatMap(({ name, guests: words }) => words.filter((word) => find(word, guests) === null).map((guest) => ({ step: name, guest })));
  if (missing.length > 0) throw new DeclaredError('CAMPAIGN_GUEST_MISSING', { missing });
}

/** The phase tables of a step's guests, each once. */
export function tablesOfStep({ guests: words }: CampaignStep, guests: CampaignGuests): string[] {
  const tables = words.flatMap((word) => {
    const found = find(word, guests);
    if (found === null) return [];
    return 'guest' in found ? [found.guest.phaseTable] : [found.entry.phaseTable];
  });
  return [...new Set(tables)];
}

/** What each of a step's guests can do. Of a guest that nobody has made it is not known what hinders it. */
export function loadsOfStep({ guests: words }: CampaignStep, guests: CampaignGuests): { readonly guest: string; readonly loads: readonly GuestLoad[] }[] {
  return words.flatMap((guest) => {
    const found = find(guest, guests);
    if (found === null) return [];
    if ('guest' in found) return [{ guest, loads: guests.loadsOf(found.guest) }];
    const { phaseTable, architecture } = found.entry;
    return [{ guest, loads: guests.loadsOf({ phaseTable, architecture, disks: [] }).map((load) => ({ ...load, impossible: null })) }];
  });
}

/** The ids of a step's guests; of a catalog entry that nobody made a guest of, one is made. Throws CAMPAIGN_GUEST_MISSING. */
export async function guestsOfStep({ name, guests: words }: CampaignFile['steps'][number], guests: CampaignGuests): Promise<string[]> {
  const ids: string[] = [];
  for (const word of words) {
    const found = find(word, guests);
    if (found === null) throw new DeclaredError('CAMPAIGN_GUEST_MISSING', { missing: [{ step: name, guest: word }] });
    ids.push('guest' in found ? found.guest.id : (await guests.createFromCatalog(found.entry.id)).definition.id);
  }
  return ids;
}
