import { join } from 'node:path';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { GuestLoad } from '../../contract/measurements.ts';
import { loadLoads, loadsOfGuest, workOf } from '../../core/measurements/loads.ts';
import { listResources, readResource } from '../../host/storage/resources.ts';
import { describeError, type Log } from '../log.ts';

/** What must be known of a guest to say what can be typed into it. */
export type LoadedGuest = Pick<GuestDefinition, 'phaseTable' | 'architecture' | 'disks'>;

export interface Loads {
  /** What can be typed into a guest. */
  of(guest: LoadedGuest): GuestLoad[];
  /** How much a line does that was typed into it; null when nobody knows. */
  workOf(guest: GuestDefinition, line: string): { readonly unit: string; readonly amount: number } | null;
}

/** Reads the loads once. A file that is wrong is logged and left out: it concerns its own system only. */
export function readLoads(resourcesDirectory: string, log: Log): Loads {
  const systems = listResources(join(resourcesDirectory, 'loads'), '.yaml').flatMap((path) => {
    try {
      const { file, data } = readResource(path);
      return [loadLoads(file, data)];
    } catch (error) {
      log({ level: 'error', noun: 'measurements', message: `left out ${path}`, details: describeError(error) });
      return [];
    }
  });
  return { of: (guest) => loadsOfGuest(systems, guest), workOf: (guest, line) => workOf(loadsOfGuest(systems, guest), line) };
}
