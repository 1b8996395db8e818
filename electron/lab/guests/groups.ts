import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import type { Definitions } from './definitions.ts';

export interface GroupDependencies {
  readonly definitions: Pick<Definitions, 'list'>;
  readonly start: (id: string) => Promise<Guest>;
  readonly powerDown: (id: string) => Promise<Guest>;
  readonly get: (id: string) => Guest;
}

/** Guests of a group are started and stopped as a set; one that fails does not keep the others from it. */
export function createGroups({ definitions, start, powerDown, get }: GroupDependencies) {
  const members = (group: string): Guest[] => {
    const found = definitions.list().filter((definition) => definition.group === group);
    if (found.length === 0) throw new DeclaredError('NOT_FOUND', { noun: 'group of guests', id: group });
    return found.map(({ id }) => get(id));
  };
  const answer = (guests: readonly Guest[], failures: readonly unknown[]): Guest[] => {
    if (failures.length > 0) throw failures[0];
    return guests.map(({ definition }) => get(definition.id));
  };
  return {
    async start(group: string): Promise<Guest[]> {
      const guests = members(group);
      const failures: unknown[] = [];
      for (const { definition, runtime } of guests) if (runtime.state === 'stopped') await start(definition.id).catch((error: unknown) => failures.push(error));
      return answer(guests, failures);
    },
    async stop(group: string): Promise<Guest[]> {
      const guests = members(group);
      const alive = guests.filter(({ runtime, restarts }) => runtime.state === 'running' || runtime.state === 'paused' || restarts.nextAt !== null);
      const results = await Promise.allSettled(alive.map(({ definition }) => powerDown(definition.id)));
      return answer(guests, results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])));
    },
  };
}
