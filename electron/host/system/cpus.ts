import { availableParallelism } from 'node:os';

/** CPUs that programs of this user may use. */
export function countCpus(): number {
  return availableParallelism();
}
