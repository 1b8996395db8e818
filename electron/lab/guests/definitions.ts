import { randomBytes } from 'node:crypto';
import type { BootDefinition, CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { guestDefinition, guestDraft, type GuestChange, type GuestDefinition, type GuestDraft } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { guestId, isNameTaken, uniqueName } from '../../core/guests/guestNames.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';

/** An entry whose images are all here. */
export type CatalogEntryWithImages = Omit<CatalogEntry, 'boot'> & { readonly boot: BootDefinition };

/** The guests as they can be carried to another machine. */
export interface Definitions {
  list(): GuestDefinition[];
  /** Throws NOT_FOUND, like all that take an id. */
  get(id: string): GuestDefinition;
  /** Throws GUEST_NAME_TAKEN. */
  create(draft: GuestDraft): GuestDefinition;
  createFromCatalog(entry: CatalogEntryWithImages, name?: string): GuestDefinition;
  update(id: string, change: GuestChange): GuestDefinition;
  remove(id: string): void;
  /** Under another name if its own was taken meanwhile. */
  restore(id: string): GuestDefinition;
  trash(): TrashedItem[];
}

export function createDefinitions(database: Database): Definitions {
  const store = openCollection(database, 'guests', guestDefinition);
  const get = (id: string): GuestDefinition => {
    const found = store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'guest', id });
    return found;
  };
  const namesBut = (id: string | null): string[] => store.all().filter((other) => other.id !== id).map(({ name }) => name);
  const refuseTaken = (name: string, id: string | null): void => {
    if (isNameTaken(name, namesBut(id))) throw new DeclaredError('GUEST_NAME_TAKEN', { name });
  };
  const put = (definition: GuestDefinition): GuestDefinition => {
    store.put(definition.id, definition);
    return definition;
  };
  const create = (draft: GuestDraft): GuestDefinition => {
    refuseTaken(draft.name, null);
    return put({ ...draft, id: guestId(draft.name, randomBytes(2).toString('hex')), createdAt: new Date().toISOString() });
  };

  return {
    list: () => store.all(),
    get,
    create,
    createFromCatalog(entry, name) {
      const { id, architecture, machine, boot, phaseTable } = entry;
      const chosen = name ?? uniqueName(entry.name, namesBut(null));
      return create(guestDraft.parse({ name: chosen, catalogEntry: id, architecture, machine, boot, phaseTable, accelerator: 'auto', notes: '' }));
    },
    update(id, change) {
      const definition = get(id);
      if (change.name !== undefined) refuseTaken(change.name, id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      return put({ ...definition, ...given });
    },
    remove(id) {
      if (!store.remove(id)) throw new DeclaredError('NOT_FOUND', { noun: 'guest', id });
    },
    restore(id) {
      const definition = store.restore(id);
      if (definition === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted guest', id });
      const name = uniqueName(definition.name, namesBut(id));
      return name === definition.name ? definition : put({ ...definition, name });
    },
    trash: () => store.trashed().map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt })),
  };
}
