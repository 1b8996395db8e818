import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';

/** The entry that boots anywhere, without a network: a shipped kernel, i386 before others. */
export function chooseBuiltin(entries: readonly CatalogEntry[]): CatalogEntry | undefined {
  const shipped = entries.filter(({ boot }) => boot.kernel?.kind === 'shipped');
  return shipped.find(({ architecture }) => architecture === 'i386') ?? shipped[0];
}

/** Boots Petri's own guest and measures it; makes the guest when there is none yet. Resolves with the run's id. */
export async function bootSomething(client: LabClient): Promise<string> {
  const entry = chooseBuiltin(await client.catalog.list());
  if (entry === undefined) throw new Error('The catalog has no guest that comes with Petri.');
  const guests = await client.guests.list();
  const guest = guests.find(({ definition }) => definition.catalogEntry === entry.id) ?? (await client.guests.createFromCatalog({ entry: entry.id }));
  const run = await client.measurements.start({ kind: 'boot', subjects: [{ guest: guest.definition.id }] });
  return run.id;
}
