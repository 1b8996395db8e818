import type { LabClient } from '../../electron/contract/contract.ts';
import type { Installation, InstallationDraft } from '../../electron/contract/installations.ts';

/** A draft for an entry of the catalog with its own machine, as the wizard begins with it. */
export async function draftFor(client: LabClient, id: string, change: Partial<InstallationDraft> = {}): Promise<InstallationDraft> {
  const entry = (await client.catalog.list()).find((candidate) => candidate.id === id);
  const [preset] = entry?.presets ?? [];
  if (entry === undefined || preset === undefined) throw new Error(`no entry ${id}`);
  return {
    entry: id,
    source: { kind: 'fetch' },
    guest: {
      name: entry.name,
      catalogEntry: id,
      architecture: entry.architecture,
      machine: preset.machine,
      boot: { kernel: null, arguments: entry.boot.arguments, modules: [] },
      phaseTable: entry.phaseTable,
      accelerator: 'tcg',
      notes: '',
      display: preset.display,
      network: preset.card === null ? { kind: 'none' } : { kind: 'user', card: preset.card },
    },
    newDisk: entry.install === null ? null : { bytes: entry.install.diskBytes },
    install: entry.install?.script == null ? 'none' : 'unattended',
    ...change,
  };
}

/** Waits until an installation is as wanted; fails with all that it says when it ends otherwise. */
export async function untilInstallation(client: LabClient, id: string, wanted: (installation: Installation) => boolean): Promise<Installation> {
  for await (const list of await client.installations.watch()) {
    const found = list.find((installation) => installation.id === id);
    if (found === undefined) throw new Error(`the installation ${id} is gone`);
    if (wanted(found)) return found;
    if (found.state !== 'running') throw new Error(JSON.stringify(found, null, 1));
  }
  throw new Error('the lab ended');
}

export const untilState = (client: LabClient, id: string, state: Installation['state']): Promise<Installation> => untilInstallation(client, id, (installation) => installation.state === state);

/** What a guest printed on its first serial port. */
export async function printedBy(client: LabClient, guest: string): Promise<string> {
  const id = `guest/${guest}/serial0`;
  const { first, end } = await client.consoles.get({ id });
  const { base64 } = await client.consoles.read({ id, from: first, bytes: Math.max(1, end - first) });
  return Buffer.from(base64, 'base64').toString('latin1');
}
