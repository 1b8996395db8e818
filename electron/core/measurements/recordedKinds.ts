import type { EventPlan } from '../../contract/measurements.ts';
import type { TraceEvent } from '../traces/traceEvent.ts';

/** A kind of event that is recorded where it is wished for; the end of a fault comes with its begin, and where a kernel lies with its symbols. */
export type RecordedKind = Exclude<TraceEvent['kind'], 'cut' | 'resume' | 'moved'>;

type Wishes = Pick<EventPlan, 'metrics' | 'model' | 'profileEvery'>;

/** What a trace has of a boot with this plan. */
export function recordedKinds(plan: Wishes, hasSymbols: boolean): RecordedKind[] {
  const wants = (...names: EventPlan['metrics']): boolean => names.some((name) => plan.metrics.includes(name));
  const kinds: [RecordedKind, boolean][] = [
    ['call', wants('systemCalls', 'ipcRoundTrips')],
    ['return', wants('systemCalls', 'ipcRoundTrips')],
    ['fault', wants('pageFaults', 'minorPageFaults', 'majorPageFaults')],
    ['space', wants('addressSpaceSwitches')],
    ['interrupt', wants('interrupts')],
    ['symbol', hasSymbols],
    ['profile', plan.profileEvery !== null],
    ['model', plan.model !== null],
  ];
  return kinds.filter(([, wanted]) => wanted).map(([kind]) => kind);
}

/** One boot's plan, and whether its symbols were known. */
export interface RecordedBoot {
  readonly plan: Wishes;
  readonly hasSymbols: boolean;
}

/** Kinds of which two boots say nothing about each other, and why in words. */
export interface UnevenKinds {
  readonly kinds: ReadonlySet<RecordedKind>;
  /** `only A recorded the profile`. */
  readonly words: readonly string[];
}

const titles: Readonly<Record<RecordedKind, string>> = {
  call: 'system calls', return: 'system calls', fault: 'page faults', space: 'address space loads', interrupt: 'interrupts',
  symbol: 'symbols', profile: 'the profile', model: 'the memory model',
};

/** What only one of two boots recorded, or each in its own way: the profile at another interval, another memory model. */
export function unevenKinds(a: RecordedBoot, b: RecordedBoot): UnevenKinds {
  const [inA, inB] = [a, b].map(({ plan, hasSymbols }) => new Set(recordedKinds(plan, hasSymbols)));
  const kinds = new Set<RecordedKind>();
  const words = new Set<string>();
  for (const kind of Object.keys(titles) as RecordedKind[]) {
    const [one, other] = [inA?.has(kind) === true, inB?.has(kind) === true];
    if (one === other && !(one && isOtherwise(kind, a.plan, b.plan))) continue;
    kinds.add(kind);
    words.add(one === other ? `${titles[kind]} ${kind === 'profile' ? 'has another interval' : 'is another'} in each` : `only ${one ? 'A' : 'B'} recorded ${titles[kind]}`);
  }
  return { kinds, words: [...words] };
}

function isOtherwise(kind: RecordedKind, a: Wishes, b: Wishes): boolean {
  if (kind === 'profile') return a.profileEvery !== b.profileEvery;
  return kind === 'model' && JSON.stringify(a.model) !== JSON.stringify(b.model);
}
