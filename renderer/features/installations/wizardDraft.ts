import type { BootDefinition, CatalogEntry, Display, DiskBus, MachinePreset, NetworkCard } from '../../../electron/contract/catalog.ts';
import type { InstallationDraft } from '../../../electron/contract/installations.ts';
import type { Architecture } from '../../../electron/contract/primitives.ts';
import { isOwn } from '../catalog/systems.ts';

export const steps = ['system', 'source', 'machine', 'network', 'place', 'review'] as const;
export type Step = (typeof steps)[number];
export const stepTitles: Readonly<Record<Step, string>> = { system: 'System', source: 'Source', machine: 'Machine', network: 'Network and share', place: 'Where it runs', review: 'Review' };

export type SourceKind = InstallationDraft['source']['kind'];
export interface WizardForward {
  name: string;
  protocol: 'tcp' | 'udp';
  hostPort: number | null;
  guestPort: number | null;
  link: 'http' | 'https' | 'ssh' | null;
}

/** All that a person has said, in the form of fields; going back and a reload lose nothing of it. */
export interface WizardDraft {
  step: Step;
  system: string | null;
  source: SourceKind;
  /** One path for each source that has one, so that trying another source forgets none. */
  medium: string;
  image: string;
  inPlace: boolean;
  disk: string;
  kernel: string;
  arguments: string;
  modules: { path: string; arguments: string }[];
  install: InstallationDraft['install'];
  preset: string;
  name: string;
  architecture: Architecture;
  board: string;
  cpuModel: string;
  cpus: number;
  memoryMiB: number;
  diskBus: DiskBus;
  /** Null for no new disk. */
  diskMiB: number | null;
  display: Display;
  card: NetworkCard | 'none';
  outbound: 'open' | 'restricted';
  forwards: WizardForward[];
  sharePath: string;
  shareReadOnly: boolean;
  sshUser: string;
  /** The engine's name, or null for QEMU on this host. */
  engine: string | null;
}

export function emptyWizard(): WizardDraft {
  return {
    step: 'system', system: null, source: 'fetch', medium: '', image: '', inPlace: false, disk: '', kernel: '', arguments: '', modules: [], install: 'none',
    preset: '', name: '', architecture: 'x86_64', board: 'q35', cpuModel: 'auto', cpus: 1, memoryMiB: 1_024, diskBus: 'sata', diskMiB: null, display: 'none',
    card: 'none', outbound: 'open', forwards: [], sharePath: '', shareReadOnly: true, sshUser: '', engine: null,
  };
}

/** Sources that make sense for a system, the first of them usual. */
export function sourcesOf(entry: CatalogEntry): SourceKind[] {
  const roles = new Set(entry.images.map(({ role }) => role));
  const canFetch = entry.images.every(({ source }) => source.kind !== 'own');
  const own: SourceKind[] = [...(roles.has('medium') ? ['medium' as const] : []), ...(roles.has('disk') || roles.has('medium') ? ['disk' as const, 'existing' as const] : []), ...(roles.has('kernel') ? ['kernel' as const] : [])];
  return [...(canFetch ? ['fetch' as const] : []), ...own];
}

/** Ways to install that this system has from this source, the best first. */
export function installsOf(entry: CatalogEntry, source: SourceKind): InstallationDraft['install'][] {
  if (source === 'disk' || source === 'existing' || source === 'kernel') return ['none'];
  if (source === 'medium') return entry.install?.script == null ? ['byHand', 'none'] : ['unattended', 'byHand', 'none'];
  if (entry.install === null) return ['none'];
  return entry.install.script === null ? ['byHand'] : ['unattended', 'byHand'];
}

const MIB = 1_048_576;

export function chooseSystem(draft: WizardDraft, entry: CatalogEntry): WizardDraft {
  const [source = 'fetch'] = sourcesOf(entry);
  const [first] = entry.presets;
  const named = { ...draft, system: entry.id, architecture: entry.architecture, name: '', arguments: isOwn(entry) ? draft.arguments : entry.boot.arguments };
  return chooseSource(first === undefined ? named : applyPreset(named, first), entry, source);
}

export function applyPreset(draft: WizardDraft, { id, machine, diskBus, card, display }: MachinePreset): WizardDraft {
  return { ...draft, ...machine, preset: id, diskBus, card: card ?? 'none', display };
}

export function chooseSource(draft: WizardDraft, entry: CatalogEntry, source: SourceKind): WizardDraft {
  const [install = 'none'] = installsOf(entry, source);
  const needsDisk = install !== 'none';
  return { ...draft, source, install, diskMiB: needsDisk ? Math.ceil((entry.install?.diskBytes ?? 8_589_934_592) / MIB) : null };
}

/** The guest's name: what was given, or the system's, or that of the file. */
export function nameOf(draft: WizardDraft, entry: CatalogEntry, taken: readonly string[]): string {
  if (draft.name.trim() !== '') return draft.name.trim();
  const file = { medium: draft.medium, disk: draft.image, kernel: draft.kernel, fetch: '', existing: '' }[draft.source];
  const base = isOwn(entry) && file.trim() !== '' ? (file.trim().split(/[/\\]/).at(-1) ?? entry.name) : entry.name;
  const lower = taken.map((name) => name.toLowerCase());
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!lower.includes(name.toLowerCase())) return name;
  }
}

function sourceOf(draft: WizardDraft): InstallationDraft['source'] {
  if (draft.source === 'medium') return { kind: 'medium', path: draft.medium.trim() };
  if (draft.source === 'disk') return { kind: 'disk', path: draft.image.trim(), inPlace: draft.inPlace };
  if (draft.source === 'existing') return { kind: 'existing', disk: draft.disk };
  return { kind: draft.source };
}

function bootOf(draft: WizardDraft, entry: CatalogEntry): BootDefinition {
  const file = (path: string) => ({ kind: 'file' as const, path: path.trim() });
  if (draft.source === 'kernel') {
    return { kernel: file(draft.kernel), arguments: draft.arguments, modules: draft.modules.filter(({ path }) => path.trim() !== '').map((module) => ({ image: file(module.path), arguments: module.arguments })) };
  }
  // The lab puts the entry's own images in; only what the kernel is told may be another.
  const words = draft.source === 'fetch' && entry.boot.kernel !== null && draft.arguments !== entry.boot.arguments ? draft.arguments : '';
  return { kernel: null, arguments: words, modules: [] };
}

const SHARE_TAG = 'share';

/** What the lab is asked for. */
export function installationOf(draft: WizardDraft, entry: CatalogEntry, taken: readonly string[]): InstallationDraft {
  const { architecture, board, cpuModel, cpus, memoryMiB, display, card, outbound, forwards, sharePath, shareReadOnly, sshUser, engine } = draft;
  const forwarded = forwards.flatMap(({ guestPort, ...forward }) => (guestPort === null ? [] : [{ ...forward, name: forward.name.trim() === '' ? String(guestPort) : forward.name.trim(), guestPort }]));
  return {
    entry: isOwn(entry) ? null : entry.id,
    source: sourceOf(draft),
    guest: {
      name: nameOf(draft, entry, taken),
      catalogEntry: isOwn(entry) ? null : entry.id,
      architecture,
      machine: { board, cpuModel, cpus, memoryMiB },
      boot: bootOf(draft, entry),
      phaseTable: entry.phaseTable,
      accelerator: 'auto',
      notes: '',
      serialPorts: entry.serialPorts.length,
      display,
      network: card === 'none' ? { kind: 'none' } : { kind: 'user', card, outbound, forwards: forwarded },
      // What was said for another system stays in its field, and is not asked of one that cannot have it.
      share: sharePath.trim() === '' || !entry.choices.share.possible ? null : { path: sharePath.trim(), tag: SHARE_TAG, readOnly: shareReadOnly },
      sshUser: sshUser.trim() === '' ? null : sshUser.trim(),
      place: engine === null ? { kind: 'qemu' } : { kind: 'docker', engine },
    },
    newDisk: draft.diskMiB === null ? null : { bytes: draft.diskMiB * MIB },
    diskBus: draft.diskBus,
    install: draft.install,
  };
}

/** The line that mounts the shared folder in the guest. */
export function shareLine(entry: CatalogEntry): string | null {
  return entry.choices.share.line?.replaceAll('TAG', SHARE_TAG) ?? null;
}
