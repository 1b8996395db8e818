import type { BootDiff, PhaseStamp, PhaseTable, Sample } from '../../contract/measurements.ts';
import { observablePhases } from './phases.ts';
import type { RecordedKind } from './recordedKinds.ts';
import { entryText, traceLine } from '../traces/traceLine.ts';
import type { CallEvent, TraceEvent } from '../traces/traceEvent.ts';

/** The part of a diff that is in the events. */
export type EventDiff = Omit<NonNullable<BootDiff['events']>, 'leftOut'>;

export interface EventDiffOptions {
  /**
   * In logical time two boots of the same guest have the same events at the same instructions: any difference is one. Otherwise
   * interrupts come when they come, so that only the order counts in which each process makes its calls and symbols are reached.
   */
  readonly exact: boolean;
  /** Both boots are compared up to the first time that this symbol is reached: what comes after is begun by the host. */
  readonly endSymbol: string | null;
  /** What a call is called; null for one that no table has. */
  readonly nameOf: (event: CallEvent) => string | null;
  /** Kinds that are left out on both sides, because the boots did not both record them in the same way. */
  readonly leftOut?: ReadonlySet<RecordedKind>;
}

/** So many events before the divergence are shown. */
const CONTEXT = 5;

interface Taken {
  readonly track: string;
  readonly key: string;
  readonly line: string;
}

/** Aligns the events of two boots, of which not more is held than one of them is ahead of the other, and stops at the first divergence. */
export async function diffEvents(a: AsyncIterable<TraceEvent>, b: AsyncIterable<TraceEvent>, options: EventDiffOptions): Promise<EventDiff> {
  const sides = [side(a, options), side(b, options)] as const;
  const [ahead, before] = [new Map<string, { side: 0 | 1; waiting: Taken[] }>(), new Map<string, string[]>()];
  let compared = 0;
  try {
    for (;;) {
      const taken = [await sides[0].next(), await sides[1].next()] as const;
      for (const at of [0, 1] as const) {
        const event = taken[at];
        if (event === null) continue;
        const partner = partnerOf(ahead, event, at);
        if (partner === null) continue;
        compared += 1;
        if (partner.key !== event.key) return { compared, divergence: divergenceOf(at === 0 ? event : partner, at === 0 ? partner : event, before) };
        remember(before, event);
      }
      if (taken[0] === null && taken[1] === null) return { compared, divergence: isWholeKnown(options) ? endedEarly(ahead, before) : null };
    }
  } finally {
    await Promise.all(sides.map((one) => one.close()));
  }
}

/** The event of the other side that stands at the same place of its track; this one waits when that has not come yet. */
function partnerOf(ahead: Map<string, { side: 0 | 1; waiting: Taken[] }>, event: Taken, at: 0 | 1): Taken | null {
  const queue = ahead.get(event.track);
  if (queue !== undefined && queue.side !== at) {
    const partner = queue.waiting.shift();
    if (queue.waiting.length === 0) ahead.delete(event.track);
    return partner ?? null;
  }
  if (queue === undefined) ahead.set(event.track, { side: at, waiting: [event] });
  else queue.waiting.push(event);
  return null;
}

function remember(before: Map<string, string[]>, { track, line }: Taken): void {
  const lines = before.get(track) ?? [];
  before.set(track, lines);
  lines.push(line);
  if (lines.length > CONTEXT) lines.shift();
}

function divergenceOf(a: Taken, b: Taken, before: ReadonlyMap<string, string[]>): NonNullable<EventDiff['divergence']> {
  return { where: a.track, a: a.line, b: b.line, before: [...(before.get(a.track) ?? [])] };
}

/** Where only one side has symbols, the other does not know where the part that is compared ends. */
function isWholeKnown({ exact, leftOut }: EventDiffOptions): boolean {
  return exact && leftOut?.has('symbol') !== true;
}

/** One boot has events that the other does not have at all. */
function endedEarly(ahead: ReadonlyMap<string, { side: 0 | 1; waiting: Taken[] }>, before: ReadonlyMap<string, string[]>): EventDiff['divergence'] {
  for (const [track, { side: at, waiting }] of ahead) {
    const line = waiting[0]?.line ?? null;
    if (line !== null) return { where: track, a: at === 0 ? line : null, b: at === 1 ? line : null, before: [...(before.get(track) ?? [])] };
  }
  return null;
}

/** One boot's events as they are compared. */
function side(events: AsyncIterable<TraceEvent>, options: EventDiffOptions) {
  const iterator = events[Symbol.asyncIterator]();
  const spaces = new Map<bigint, number>();
  let over = false;
  /** Address spaces are told apart by the order in which they appear: where their tables lie is chance. */
  const numberOf = (space: bigint): number => {
    const number = spaces.get(space) ?? spaces.size + 1;
    spaces.set(space, number);
    return number;
  };
  const takenOf = (event: TraceEvent): Taken | null => {
    // A kernel that moves itself does it elsewhere in each boot; and how a fault ends follows from what is compared anyway.
    if (event.kind === 'moved' || event.kind === 'resume') return null;
    if (event.kind !== 'cut' && options.leftOut?.has(event.kind) === true) return null;
    const line = traceLine(event);
    if (options.exact) return { track: 'all events', key: traceLine({ ...event, atNs: 0 }), line };
    if (event.kind === 'space') numberOf(event.space);
    if (event.kind === 'symbol') return event.hits > 1 ? null : { track: 'symbols', key: event.symbol, line };
    if (event.kind !== 'call') return null;
    return { track: `calls of address space ${numberOf(event.context.space)}`, key: `${entryText(event.entry)} ${options.nameOf(event) ?? ''}`, line };
  };
  return {
    async next(): Promise<Taken | null> {
      while (!over) {
        const step: IteratorResult<TraceEvent, unknown> = await iterator.next();
        if (step.done === true) {
          over = true;
          break;
        }
        const { value } = step;
        over = value.kind === 'symbol' && value.symbol === options.endSymbol;
        const taken = takenOf(value);
        if (taken !== null) return taken;
      }
      return null;
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** Phase by phase: what both showed, by their lines and by their symbols, and what differs. */
export function diffPhases(a: Pick<Sample, 'phases'>, b: Pick<Sample, 'phases'>, table: PhaseTable, exact: boolean): BootDiff['phases'] {
  const observable = new Set(observablePhases(table).map(({ name }) => name));
  return table.phases.map(({ name, title }) => {
    const [one, other] = [a, b].map(({ phases }) => phases.find((stamp) => stamp.name === name));
    return { name, title, a: momentOf(one), b: momentOf(other), differs: observable.has(name) || one?.symbol !== undefined || other?.symbol !== undefined ? differenceOf(one, other, exact) : null };
  });
}

function momentOf(stamp: PhaseStamp | undefined): BootDiff['phases'][number]['a'] {
  return { lineNs: stamp?.status === 'seen' ? stamp.atNs : null, text: stamp?.status === 'seen' ? stamp.text : null, symbolNs: stamp?.symbol?.atNs ?? null, instructions: stamp?.symbol?.instructions ?? null };
}

/** In words; null when nothing differs but times, which differ always. */
function differenceOf(a: PhaseStamp | undefined, b: PhaseStamp | undefined, exact: boolean): string | null {
  const [one, other] = [momentOf(a), momentOf(b)];
  if ((one.text === null) !== (other.text === null)) return `its line is in ${one.text === null ? 'B' : 'A'} only`;
  if (one.text !== other.text) return `A printed ${JSON.stringify(one.text)}, B ${JSON.stringify(other.text)}`;
  if ((one.symbolNs === null) !== (other.symbolNs === null)) return `its symbol was reached in ${one.symbolNs === null ? 'B' : 'A'} only`;
  if (exact && one.instructions !== other.instructions) return `its symbol was reached after ${String(one.instructions)} instructions in A, ${String(other.instructions)} in B`;
  return null;
}
