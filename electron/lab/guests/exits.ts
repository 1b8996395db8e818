import { exitStatisticsQuestion, exitsIn } from '../../core/guests/exitStatistics.ts';
import type { Machine } from '../../core/guests/machine.ts';

const ANSWER_LIMIT_MS = 3_000;

/** The exits of a machine since it began, null where nobody counts them. */
export type ExitCounter = () => Promise<number | null>;

/** Asks QEMU once whether it counts exits, and from then on only one that does. */
export function countExits({ qmp, record }: Pick<Machine, 'qmp' | 'record'>): ExitCounter {
  const ask = async (): Promise<number | null> => {
    try {
      return exitsIn(await qmp.execute('query-stats', exitStatisticsQuestion, ANSWER_LIMIT_MS));
    } catch {
      // A QEMU before 7.1 does not know the question.
      return null;
    }
  };
  let counted: boolean | null = record.accelerator === 'kvm' ? null : false;
  return async () => {
    if (counted === false) return null;
    const exits = await ask();
    counted ??= exits !== null;
    return exits;
  };
}
