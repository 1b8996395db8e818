import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import { loadPhaseTable } from '../../core/measurements/phaseTables.ts';
import { listResources, readResource } from '../../host/storage/resources.ts';
import { describeError, type Log } from '../log.ts';

export interface PhaseTables {
  list(): PhaseTable[];
  /** Throws NOT_FOUND. */
  get(id: string): PhaseTable;
}

/** Reads the tables once. One that is wrong is logged and left out: it concerns its own system only. */
export function readPhaseTables(resourcesDirectory: string, log: Log): PhaseTables {
  const tables = listResources(join(resourcesDirectory, 'phases'), '.json').flatMap((path) => {
    try {
      const { file, data } = readResource(path);
      return [loadPhaseTable(file, data)];
    } catch (error) {
      log({ level: 'error', noun: 'measurements', message: `left out ${path}`, details: describeError(error) });
      return [];
    }
  });
  return {
    list: () => tables,
    get(id) {
      const table = tables.find((candidate) => candidate.id === id);
      if (table === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'phase table', id });
      return table;
    },
  };
}
