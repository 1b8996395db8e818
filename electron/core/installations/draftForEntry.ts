import type { CatalogEntry } from '../../contract/catalog.ts';
import type { InstallationDraft } from '../../contract/installations.ts';

/** What is chosen for an installation; the rest is as the entry has it. */
export interface DraftChoices {
  readonly name?: string;
  /** A preset by its id; the first when absent. */
  readonly preset?: string;
  readonly memoryMiB?: number;
  readonly diskBytes?: number;
  /** Absolute paths of a kernel of the user and of its first module, for the source "kernel". */
  readonly kernel?: string;
  readonly initrd?: string;
  /** What the kernel is told instead of the entry's own words. */
  readonly append?: string;
  readonly source?: InstallationDraft['source'];
  readonly install?: InstallationDraft['install'];
  readonly accelerator?: InstallationDraft['guest']['accelerator'];
}

/** How an entry is installed when nobody says: by its script, by hand from its medium, or not at all. */
export function usualInstall({ install }: CatalogEntry): InstallationDraft['install'] {
  if (install === null) return 'none';
  return install.script === null ? 'byHand' : 'unattended';
}

const file = (path: string): { kind: 'file'; path: string } => ({ kind: 'file', path });

function bootOf({ boot }: CatalogEntry, { kernel, initrd, append = boot.arguments }: DraftChoices): InstallationDraft['guest']['boot'] {
  return {
    kernel: kernel === undefined ? null : file(kernel),
    arguments: append,
    modules: initrd === undefined ? [] : [{ image: file(initrd), arguments: '' }],
  };
}

/** A draft with the entry's own machine, or that of a preset; null when there is no such preset. */
export function draftForEntry(entry: CatalogEntry, choices: DraftChoices = {}): InstallationDraft | null {
  const preset = choices.preset === undefined ? entry.presets[0] : entry.presets.find(({ id }) => id === choices.preset);
  if (preset === undefined) return null;
  const { source = { kind: 'fetch' }, install = usualInstall(entry) } = choices;
  const hasImage = source.kind === 'disk' || source.kind === 'existing' || entry.images.some(({ role }) => role === 'disk');
  const bytes = choices.diskBytes ?? (hasImage || install === 'none' ? null : (entry.install?.diskBytes ?? null));
  return {
    entry: entry.id,
    source,
    guest: {
      name: choices.name ?? entry.name,
      catalogEntry: entry.id,
      architecture: entry.architecture,
      machine: { ...preset.machine, ...(choices.memoryMiB !== undefined && { memoryMiB: choices.memoryMiB }) },
      boot: bootOf(entry, choices),
      phaseTable: entry.phaseTable,
      accelerator: choices.accelerator ?? 'auto',
      notes: '',
      serialPorts: entry.serialPorts.length,
      display: preset.display,
      network: preset.card === null ? { kind: 'none' } : { kind: 'user', card: preset.card },
    },
    newDisk: bytes === null ? null : { bytes },
    diskBus: preset.diskBus,
    install,
  };
}
