import type { Run, RunListItem, Sample } from '../../contract/measurements.ts';
import { medianBoot } from '../../core/measurements/bootSeries.ts';
import { labelsOf, wordsOf, type RunQuery } from '../../host/storage/runIndex.ts';

/** How many of the newest runs `watchList` tells; the others are found by pages. */
export const WATCHED_RUNS = 500;

/** What the list shows of a run that is in memory only; the index has that of all others. */
export function unsavedItem({ run, samples }: { readonly run: Run; readonly samples: readonly Sample[] }): RunListItem {
  const { id, kind, name, createdAt, endedAt, state, notes, tags } = run;
  return { id, kind, name, createdAt, endedAt, state, notes, tags, guests: labelsOf(run), samples: samples.filter(({ warmUp, outcome }) => !warmUp && outcome !== 'failed').length, medianBootNs: medianBoot(run, samples) };
}

/** The conditions of the index's query, for a run that is not in it. */
export function fits(run: Run, { text = '', kind, state, tag, guest }: Partial<RunQuery>): boolean {
  return (
    wordsOf(run).includes(text.trim().toLowerCase()) &&
    (kind === undefined || run.kind === kind) &&
    (state === undefined || run.state === state) &&
    (tag === undefined || run.tags.includes(tag)) &&
    (guest === undefined || run.subjects.some((subject) => subject.guest.id === guest))
  );
}

type Order = (one: RunListItem, other: RunListItem) => number;

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const byTime: Order = (one, other) => byText(one.createdAt, other.createdAt) || byText(one.id, other.id);
/** As SQLite's NOCASE has it: letters of ASCII only. */
const plain = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
/** Runs without a boot stand last, whichever way. */
const byBoot = (direction: 1 | -1): Order => (one, other) => {
  if (one.medianBootNs === null || other.medianBootNs === null) return Number(one.medianBootNs === null) - Number(other.medianBootNs === null) || direction * byText(one.id, other.id);
  return direction * (one.medianBootNs - other.medianBootNs || byText(one.id, other.id));
};

const orders: Readonly<Record<RunQuery['order'], Order>> = {
  newest: (one, other) => -byTime(one, other),
  oldest: byTime,
  name: (one, other) => byText(plain(one.name), plain(other.name)) || byText(one.id, other.id),
  slowest: byBoot(-1),
  fastest: byBoot(1),
};

/** The order of the index. */
export function inOrder(order: RunQuery['order']): Order {
  return orders[order];
}
