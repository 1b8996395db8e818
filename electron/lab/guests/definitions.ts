import { randomBytes } from 'node:crypto';
import type { BootDefinition, CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { guestDefinition, guestDraft, type GuestChange, type GuestDefinition, type GuestDraft } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { guestId, isNameTaken, uniqueName } from '../../core/guests/guestNames.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';

/** An entry whose images are all here. */
export type CatalogEntryWithImages = Omit<CatalogEntry, 'boot'> & { readonly boot: BootDefinition };

export interface FromCatalog {
  /** Made unique from the entry's when it is not given. */
  readonly name?: string | undefined;
  /** The first of the entry when it is not given. */
  readonly preset?: string | undefined;
}

/** The guests as they can be carried to another machine. */
export interface Definitions {
  list(): GuestDefinition[];
  /** Throws NOT_FOUND, like all that take an id. */
  get(id: string): GuestDefinition;
  /** Throws GUEST_NAME_TAKEN. */
  create(draft: GuestDraft): GuestDefinition;
  /** Makes nothing. Throws NOT_FOUND for a preset that the entry does not have. */
  draftFromCatalog(entry: CatalogEntryWithImages, how?: FromCatalog): GuestDraft;
  /** A copy under a name and an id of its own, with other disks; its host ports are chosen anew. Throws GUEST_NAME_TAKEN. */
  copy(source: GuestDefinition, copy: { readonly id: string; readonly name: string; readonly disks: GuestDefinition['disks'] }): GuestDefinition;
  newId(name: string): string;
  refuseTaken(name: string): void;
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
  const newId = (name: string): string => guestId(name, randomBytes(2).toString('hex'));
  const put = (definition: GuestDefinition): GuestDefinition => {
    store.put(definition.id, definition);
    return definition;
  };
  const create = (draft: GuestDraft): GuestDefinition => {
    refuseTaken(draft.name, null);
    return put({ ...draft, id: newId(draft.name), createdAt: new Date().toISOString() });
  };

  return {
    list: () => store.all(),
    get,
    create,
    newId,
    refuseTaken: (name) => refuseTaken(name, null),
    draftFromCatalog(entry, { name, preset: wanted } = {}) {
      const { id, architecture, boot, phaseTable, presets, serialPorts } = entry;
      const preset = wanted === undefined ? presets[0] : presets.find((candidate) => candidate.id === wanted);
      if (preset === undefined) throw new DeclaredError('NOT_FOUND', { noun: `preset of ${id}`, id: wanted ?? '' });
      const { machine, display, card } = preset;
      return guestDraft.parse({
        name: name ?? uniqueName(entry.name, namesBut(null)),
        catalogEntry: id,
        accelerator: 'auto',
        notes: '',
        network: card === null ? { kind: 'none' } : { kind: 'user', card },
        serialPorts: serialPorts.length,
        ...{ architecture, machine, boot, phaseTable, display },
      });
    },
    copy(source, { id, name, disks }) {
      refuseTaken(name, null);
      const network = source.network.kind === 'none' ? source.network : { ...source.network, forwards: source.network.forwards.map((forward) => ({ ...forward, hostPort: null })) };
      return put({ ...source, id, name, disks, network, tcpConsoles: [], createdAt: new Date().toISOString() });
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
