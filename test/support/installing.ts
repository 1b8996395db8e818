import { expect } from 'vitest';
import type { LabClient } from '../../electron/contract/contract.ts';
import { draftForEntry, type DraftChoices } from '../../electron/core/installations/draftForEntry.ts';
import type { Installation, InstallationDraft } from '../../electron/contract/installations.ts';

/** A draft for an entry of the catalog with its own machine, emulated, so that every machine installs the same. */
export async function draftFor(client: LabClient, id: string, choices: DraftChoices = {}): Promise<InstallationDraft> {
  const entry = (await client.catalog.list()).find((candidate) => candidate.id === id);
  const draft = entry === undefined ? null : draftForEntry(entry, { accelerator: 'tcg', ...choices });
  if (draft === null) throw new Error(`no entry ${id} with such a preset`);
  return draft;
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
export async function printedBy(client: LabClient, guest: string | null): Promise<string> {
  const id = `guest/${guest ?? ''}/serial0`;
  const { first, end } = await client.consoles.get({ id });
  const { base64 } = await client.consoles.read({ id, from: first, bytes: Math.max(1, end - first) });
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** Waits until what a guest printed matches; the test's time limit is the limit. */
export async function untilPrinted(client: LabClient, guest: string | null, pattern: RegExp): Promise<string> {
  const printed = (): Promise<string> => printedBy(client, guest);
  await expect.poll(printed, { timeout: 60_000, interval: 50 }).toMatch(pattern);
  return printed();
}
