import type { Report } from '../../contract/reports.ts';
import { formatCount } from '../charts/numbers.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';
import { describe } from '../statistics/describe.ts';
import { intervalOf, type PlainTable } from './eventTables.ts';

const NONE = '–';

/** What is said of times where instructions were the guest's clock. */
export const HOST_TIMES = 'times of this host while it emulated, of no machine';

/** True where instructions were the guest's clock, so that times are the host's alone. */
export function isLogicalTime({ run }: Pick<Report, 'run'>): boolean {
  return run.plan.events?.logicalTime === true;
}

/** In logical time: how many instructions the guest had made at the symbol of each phase, and until the next; null where no symbol was stamped. */
export function logicalPhaseTable({ run, samples }: Pick<Report, 'run' | 'samples'>, key: string): PlainTable | null {
  if (!isLogicalTime({ run })) return null;
  const counted = countedSamples(samples, key);
  const reached = counted.map(({ phases }) => new Map(phases.flatMap(({ name, symbol }) => (symbol?.instructions == null ? [] : [[name, symbol.instructions] as const]))));
  const stamped = tableOfKey(run, key).phases.filter(({ name }) => reached.some((sample) => sample.has(name)));
  if (stamped.length === 0) return null;
  const cells = (values: readonly number[]): [string, string] => {
    const statistics = describe(values, { unit: 'count', seed: run.plan.seed });
    if (statistics === null) return [NONE, ''];
    const isSame = statistics.count > 1 && statistics.min === statistics.max;
    return [formatCount(statistics.median), isSame ? `same in all ${statistics.count}` : intervalOf(statistics)];
  };
  const rows = stamped.map(({ name, title }, at) => {
    const next = stamped[at + 1]?.name;
    const until = reached.flatMap((sample) => sample.get(name) ?? []);
    const parts = reached.flatMap((sample) => {
      const [from, to] = [sample.get(name), next === undefined ? undefined : sample.get(next)];
      return from === undefined || to === undefined ? [] : [to - from];
    });
    return [title, ...cells(until), ...cells(parts)];
  });
  return { head: ['Phase', 'Until it', 'Range', 'To the next', 'Range'], sides: 'lrlrl', rows };
}
