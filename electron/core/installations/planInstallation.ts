import type { z } from 'zod';
import type { CatalogEntry, CatalogImage, DiskBus } from '../../contract/catalog.ts';
import type { InstallationStep, installationDraft } from '../../contract/installations.ts';
import type { InstallScript, ScriptPart } from './installScript.ts';

/** A draft with all that has a default. */
export type WholeDraft = z.output<typeof installationDraft>;

/** What an installation stands on; without an entry it is a system of the user's own. */
export interface InstallationGround {
  readonly draft: WholeDraft;
  readonly entry: CatalogEntry | null;
  readonly script: InstallScript | null;
}

/** What a step does; the rest of its id says to what. */
export type StepKind = 'fetch' | 'import' | 'disk' | 'guest' | 'boot-medium' | 'install' | 'by-hand' | 'eject' | 'boot-disk' | 'firstBoot' | 'settle';

export interface PlannedStep {
  readonly kind: StepKind;
  /** For `fetch` the image's id, for a step of a script its place. */
  readonly of: string | null;
  readonly title: string;
  readonly limitSeconds: number | null;
}

const step = (kind: StepKind, title: string, of: string | null = null, limitSeconds: number | null = null): PlannedStep => ({ kind, of, title, limitSeconds });

export function stepId({ kind, of }: Pick<PlannedStep, 'kind' | 'of'>): string {
  return of === null ? kind : `${kind}:${of}`;
}

/** The kind and the rest of a step's id. */
export function readStepId(id: string): Pick<PlannedStep, 'kind' | 'of'> {
  const at = id.indexOf(':');
  return at < 0 ? { kind: id as StepKind, of: null } : { kind: id.slice(0, at) as StepKind, of: id.slice(at + 1) };
}

/** Images that are not here with Petri itself and that this installation needs. */
export function imagesToFetch({ draft, entry }: Pick<InstallationGround, 'draft' | 'entry'>): CatalogImage[] {
  if (draft.source.kind !== 'fetch' || entry === null) return [];
  const wanted = (role: CatalogImage['role']): boolean => role !== 'medium' || draft.install !== 'none' || entry.install?.medium === null;
  return entry.images.filter(({ role, source }) => source.kind !== 'shipped' && wanted(role));
}

/** How the first disk is reached: as the draft says, else as the entry's preset for this board has it. */
export function diskBusOf({ draft, entry }: Pick<InstallationGround, 'draft' | 'entry'>): DiskBus {
  const { board } = draft.guest.machine;
  const preset = entry?.presets.find(({ machine }) => machine.board === board) ?? entry?.presets[0];
  return draft.diskBus ?? preset?.diskBus ?? (draft.guest.architecture === 'i386' || draft.guest.architecture === 'x86_64' ? 'ide' : 'virtio');
}

/** The disk image of an entry that becomes the guest's disk, or null. */
export function diskImageOf({ draft, entry }: Pick<InstallationGround, 'draft' | 'entry'>): CatalogImage | null {
  if (draft.source.kind !== 'fetch') return null;
  return entry?.images.find(({ role }) => role === 'disk') ?? null;
}

/** The medium of an entry that is put into the guest's drive, or null. */
export function mediumImageOf({ draft, entry }: Pick<InstallationGround, 'draft' | 'entry'>): CatalogImage | null {
  if (draft.source.kind !== 'fetch' || entry === null) return null;
  const id = entry.install?.medium ?? null;
  return entry.images.find((image) => image.role === 'medium' && (id === null || image.id === id)) ?? null;
}

function scriptSteps(part: ScriptPart, script: InstallScript | null): PlannedStep[] {
  return (script?.[part] ?? []).map(({ title, limitSeconds }, index) => step(part, title, String(index), limitSeconds));
}

/** All that an installation will do, in order. What a script does with the guest is a step for each of its own. */
export function planInstallation(ground: InstallationGround): PlannedStep[] {
  const { draft, script } = ground;
  const { source, newDisk, install, guest } = draft;
  const fetches = imagesToFetch(ground).map(({ id, name }) => step('fetch', `Fetch ${name}`, id));
  const imports = source.kind === 'disk' || diskImageOf(ground) !== null ? [step('import', source.kind === 'disk' && source.inPlace ? 'Take the disk image as it is' : 'Import the disk image')] : [];
  const made = [...fetches, ...imports, ...(newDisk === null ? [] : [step('disk', 'Make an empty disk')]), step('guest', `Make the guest ${guest.name}`)];
  if (install === 'none') return made;
  const byHand = [step('by-hand', 'Install in its console')];
  return [
    ...made,
    step('boot-medium', 'Start it from the medium'),
    ...(install === 'byHand' ? byHand : scriptSteps('install', script)),
    step('eject', 'Take the medium out'),
    step('boot-disk', 'Start it from its disk'),
    ...(install === 'unattended' ? scriptSteps('firstBoot', script) : []),
    step('settle', 'Set it as it was asked for'),
  ];
}

export function waitingStep(planned: PlannedStep): InstallationStep {
  return { id: stepId(planned), title: planned.title, state: 'waiting', detail: '', limitSeconds: planned.limitSeconds, startedAt: null, endedAt: null };
}
