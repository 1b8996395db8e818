import type { CampaignFile } from '../../contract/campaigns.ts';
import type { CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import type { LineOf } from '../../core/campaigns/readCampaign.ts';

/** Where a campaign finds its guests. */
export interface CampaignGuests {
  list(): readonly Guest[];
  entries(): readonly Pick<CatalogEntry, 'id' | 'phaseTable'>[];
  createFromCatalog(entry: string): Promise<Guest> | Guest;
}

/** What a word of a campaign file means: a guest that is here, or an entry of which one is made. */
type Found = { readonly guest: string } | { readonly entry: string };

function find(word: string, guests: CampaignGuests): Found | null {
  const known = guests.list().map(({ definition }) => definition);
  const guest = known.find(({ id }) => id === word) ?? known.find(({ name }) => name === word) ?? known.find(({ catalogEntry }) => catalogEntry === word);
  if (guest !== undefined) return { guest: guest.id };
  return guests.entries().some(({ id }) => id === word) ? { entry: word } : null;
}

/** Throws CAMPAIGN_GUEST_MISSING with every word that means nothing; nothing is made. */
export function findCampaignGuests({ steps }: CampaignFile, guests: CampaignGuests): void {
  const missing = steps.flatMap(({ name, guests: words }) => words.filter((word) => find(word, guests) === null).map((guest) => ({ step: name, guest })));
  if (missing.length > 0) throw new DeclaredError('CAMPAIGN_GUEST_MISSING', { missing });
}

/** Guests with different phases cannot stand in one run. Throws CAMPAIGN_INVALID with each such step and its line. */
export function refuseUnlikeGuests({ steps }: CampaignFile, guests: CampaignGuests, lineOf: LineOf): void {
  const issues = steps.flatMap(({ guests: words }, at) => {
    const tables = [...new Set(words.map((word) => phaseTableOf(word, guests)))];
    const path = ['steps', at, 'guests'];
    return tables.length < 2 ? [] : [{ path: path.join('.'), line: lineOf(path), message: `guests of different systems cannot stand in one step: ${tables.join(', ')}` }];
  });
  if (issues.length > 0) throw new DeclaredError('CAMPAIGN_INVALID', { issues });
}

function phaseTableOf(word: string, guests: CampaignGuests): string | null | undefined {
  const found = find(word, guests);
  if (found === null) return null;
  if ('guest' in found) return guests.list().find(({ definition }) => definition.id === found.guest)?.definition.phaseTable;
  return guests.entries().find(({ id }) => id === found.entry)?.phaseTable;
}

/** The ids of a step's guests; of a catalog entry that nobody made a guest of, one is made. Throws CAMPAIGN_GUEST_MISSING. */
export async function guestsOfStep({ name, guests: words }: CampaignFile['steps'][number], guests: CampaignGuests): Promise<string[]> {
  const ids: string[] = [];
  for (const word of words) {
    const found = find(word, guests);
    if (found === null) throw new DeclaredError('CAMPAIGN_GUEST_MISSING', { missing: [{ step: name, guest: word }] });
    ids.push('guest' in found ? found.guest : (await guests.createFromCatalog(found.entry)).definition.id);
  }
  return ids;
}
