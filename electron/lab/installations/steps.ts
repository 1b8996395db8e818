import type { BootDefinition, CatalogEntry, ImageReference } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDraft } from '../../contract/guests.ts';
import type { ScriptPart } from '../../core/installations/installScript.ts';
import { diskBusOf, diskImageOf, mediumImageOf, type InstallationGround, type StepKind } from '../../core/installations/planInstallation.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { DisksService } from '../disks/disks.ts';
import type { GuestsService } from '../guests/guests.ts';
import type { RunningTask } from '../tasks/tasks.ts';
import { consoleOf } from './conductor.ts';
import type { InstallationRecord } from './records.ts';

export interface StepTools {
  readonly catalog: Pick<CatalogService, 'boot' | 'reference' | 'libraryPath' | 'fetchImage'>;
  readonly disks: Pick<DisksService, 'list' | 'get' | 'create' | 'importFile' | 'useOutside'>;
  readonly guests: Pick<GuestsService, 'list' | 'get' | 'create' | 'update' | 'start' | 'kill' | 'powerDown' | 'machineOf'>;
  readonly consoles: Pick<ConsolesService, 'get'>;
}

/** What a step of the lab's own works on; it answers what has changed in the record. */
export interface StepWork {
  readonly record: InstallationRecord;
  readonly ground: InstallationGround;
  readonly of: string | null;
  readonly task: RunningTask;
}
type Change = Partial<Pick<InstallationRecord, 'guest' | 'disk' | 'ownsDisk' | 'playing'>>;
export type OwnStep = Exclude<StepKind, 'install' | 'firstBoot' | 'by-hand'>;

/** As the contract's default for powering a guest down. */
const POWER_DOWN_SECONDS = 20;

/** What a guest is not given while it is being installed: nothing may start it behind the installation's back. */
const quiet = { autostart: false, restart: { when: 'no', attempts: null }, health: null } as const;

export function createSteps(tools: StepTools): Record<OwnStep, (work: StepWork) => Promise<Change>> {
  return {
    fetch: async (work) => fetch(tools, work),
    import: async (work) => importDisk(tools, work),
    disk: async (work) => makeDisk(tools, work),
    guest: async (work) => makeGuest(tools, work),
    // A reboot ends the machine: the medium would start again, and what comes next is the installation's to say.
    'boot-medium': async ({ record }) => {
      const begun = await startFresh(tools, guestOf(record), 'install');
      await tools.guests.machineOf(guestOf(record))?.qmp.execute('set-action', { reboot: 'shutdown' });
      return begun;
    },
    eject: async ({ record }) => eject(tools, guestOf(record)),
    'boot-disk': async ({ record }) => startFresh(tools, guestOf(record), 'firstBoot'),
    settle: async ({ record, ground }) => {
      const { autostart, restart, health } = ground.draft.guest;
      await tools.guests.update(guestOf(record), { autostart, restart, health });
      return {};
    },
  };
}

export function guestOf({ guest, name }: Pick<InstallationRecord, 'guest' | 'name'>): string {
  if (guest === null) throw new DeclaredError('NOT_FOUND', { noun: 'guest of the installation', id: name });
  return guest;
}

async function fetch({ catalog }: StepTools, { ground: { entry }, of, task }: StepWork): Promise<Change> {
  const image = entry?.images.find(({ id }) => id === of);
  if (entry === null || image === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'image of the entry', id: of ?? '' });
  try {
    // What is here already is not fetched again.
    catalog.reference(entry.id, image.id);
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.code !== 'IMAGE_NOT_FETCHED') throw error;
    await catalog.fetchImage(entry, image, task);
  }
  return {};
}

/** A disk that a lab made for this installation and died before it could write it down. */
function orphan({ disks, guests }: StepTools, { name, startedAt }: InstallationRecord): string | null {
  const used = new Set(guests.list().flatMap(({ definition }) => definition.disks.map(({ disk }) => disk)));
  return disks.list().find((disk) => disk.name === name && disk.createdAt >= startedAt && !used.has(disk.id))?.id ?? null;
}

async function importDisk(tools: StepTools, { record, ground, task }: StepWork): Promise<Change> {
  const { disks, catalog } = tools;
  const { source } = ground.draft;
  const made = orphan(tools, record);
  if (made !== null) return { disk: made, ownsDisk: true };
  if (source.kind === 'disk' && source.inPlace) return { disk: (await disks.useOutside(record.name, source.path)).id, ownsDisk: true };
  const path = source.kind === 'disk' ? source.path : pathOfDiskImage(catalog, ground);
  const { id } = await disks.importFile({ name: record.name, path, origin: { how: 'installed', source: ground.entry?.name ?? path, digest: null } }, task);
  return { disk: id, ownsDisk: true };
}

function pathOfDiskImage(catalog: StepTools['catalog'], ground: InstallationGround): string {
  const image = diskImageOf(ground);
  const reference = image === null || ground.entry === null ? null : catalog.reference(ground.entry.id, image.id);
  if (reference?.kind !== 'library') throw new DeclaredError('NOT_FOUND', { noun: 'disk image of the entry', id: ground.entry?.id ?? '' });
  return catalog.libraryPath(reference.digest);
}

async function makeDisk(tools: StepTools, { record, ground }: StepWork): Promise<Change> {
  const { newDisk } = ground.draft;
  const made = orphan(tools, record);
  if (made !== null) return { disk: made, ownsDisk: true };
  const { id } = await tools.disks.create(record.name, newDisk?.bytes ?? 0);
  return { disk: id, ownsDisk: true };
}

async function makeGuest({ guests, catalog }: StepTools, { record, ground }: StepWork): Promise<Change> {
  const { name, startedAt } = record;
  // Names are unique, so a guest of this name that is younger is the one that a dead lab made.
  const made = guests.list().find(({ definition }) => definition.name === name && definition.createdAt >= startedAt);
  if (made !== undefined) return { guest: made.definition.id };
  const { definition } = await guests.create(guestDraftOf(ground, record.disk, {
    boot: (entry) => catalog.boot(entry.id),
    medium: (entry, image) => catalog.reference(entry.id, image),
  }));
  return { guest: definition.id };
}

/** Where the draft's images are: in the library after they were fetched, or where they will be. */
export interface DraftImages {
  readonly boot: (entry: CatalogEntry) => BootDefinition;
  readonly medium: (entry: CatalogEntry, image: string) => ImageReference;
}

/** The guest as the installation makes it: with its disk first, the medium in its drive, and booting from that. */
export function guestDraftOf(ground: InstallationGround, disk: string | null, images: DraftImages): GuestDraft {
  const { draft, entry } = ground;
  const { guest, source, install } = draft;
  const first = source.kind === 'existing' ? source.disk : disk;
  const medium = mediumImageOf(ground);
  const inDrive = source.kind === 'medium' ? ({ kind: 'file', path: source.path } as const) : medium !== null && entry !== null ? images.medium(entry, medium.id) : guest.medium;
  const disks = first === null ? guest.disks : [{ disk: first, bus: diskBusOf(ground), readOnly: false }, ...guest.disks];
  return {
    ...guest,
    ...(install === 'none' ? {} : quiet),
    boot: source.kind === 'fetch' && entry !== null && entry.boot.kernel !== null ? bootOf(images.boot(entry), guest.boot) : guest.boot,
    disks,
    medium: inDrive,
    bootFrom: inDrive !== null && (install !== 'none' || disks.length === 0) ? 'medium' : guest.bootFrom,
  };
}

/** The user may have changed what the kernel is told. */
const bootOf = (entry: BootDefinition, asked: BootDefinition): BootDefinition => (asked.arguments === '' ? entry : { ...entry, arguments: asked.arguments });

/** Starts the guest from its beginning; a part of a script reads what it prints from here on. */
async function startFresh({ guests, consoles }: StepTools, guest: string, part: ScriptPart): Promise<Change> {
  if (guests.get(guest).runtime.state !== 'stopped') await guests.kill(guest);
  const offset = consoleEnd(consoles, guest);
  await guests.start(guest);
  return { playing: { part, index: 0, met: 0, late: 0, offset, pending: [] } };
}

export function consoleEnd(consoles: StepTools['consoles'], guest: string): number {
  try {
    return consoles.get(consoleOf(guest)).end;
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'NOT_FOUND') return 0;
    throw error;
  }
}

async function eject({ guests }: StepTools, guest: string): Promise<Change> {
  if (guests.get(guest).runtime.state !== 'stopped') await guests.powerDown(guest, POWER_DOWN_SECONDS);
  await guests.update(guest, { medium: null, bootFrom: 'disk' });
  return { playing: null };
}
