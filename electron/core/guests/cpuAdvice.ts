import type { CatalogEntry } from '../../contract/catalog.ts';
import type { GuestDefinition } from '../../contract/guests.ts';

/** What to know of a guest with more CPUs than its system is known to work with. */
export function cpuAdvice({ name, choices: { cpus } }: Pick<CatalogEntry, 'name' | 'choices'>, { machine }: Pick<GuestDefinition, 'machine'>): string[] {
  return machine.cpus <= cpus.maximum ? [] : [`It has ${machine.cpus} virtual CPUs, and ${name} is known to work with ${cpus.maximum} at most: ${cpus.why}`];
}
