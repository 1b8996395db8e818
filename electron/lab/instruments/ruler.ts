import type { BootDefinition, CatalogEntry } from '../../contract/catalog.ts';
import { guestDefinition, type GuestDefinition } from '../../contract/guests.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { CalibrationTools } from './calibrate.ts';

const RULER = 'builtin-i386';

interface RulerTools {
  readonly catalog: { get(id: string): CatalogEntry; boot(id: string): BootDefinition };
  readonly guests: { resolve(definition: GuestDefinition): Promise<ResolvedGuest> };
  readonly phaseTable: (id: string) => PhaseTable;
}

/** The built-in guest as it is in the catalog, or that guest on the PC of another architecture. It is booted without being a guest of the user, and on TCG, which is everywhere. */
export async function builtinRuler({ catalog, guests, phaseTable }: RulerTools, entry = RULER, instead?: Architecture): ReturnType<CalibrationTools['ruler']> {
  const { id, name, machine, phaseTable: table, ...known } = catalog.get(entry);
  const architecture = instead ?? known.architecture;
  const described = { id, name, architecture, machine, boot: catalog.boot(entry), phaseTable: table };
  const definition = guestDefinition.parse({ ...described, catalogEntry: id, accelerator: 'tcg', notes: '', createdAt: new Date(0).toISOString() });
  return { definition, resolved: await guests.resolve(definition), table: phaseTable(table) };
}
