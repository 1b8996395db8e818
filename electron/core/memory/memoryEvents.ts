import { createHistogram, type Histogram } from '../statistics/histogram.ts';
import type { EventReducer } from '../traces/eventReducer.ts';
import type { FaultEvent, ModelCounters, ModelEvent } from '../traces/traceEvent.ts';
import { countersBetween } from './modelCounters.ts';
import { workingSetSteps, type WorkingSetStep } from './workingSet.ts';

/** Faults of a window by kind, as far as they are in the trace. */
export interface FaultKinds {
  readonly all: number;
  readonly user: number;
  readonly kernel: number;
  readonly writes: number;
  readonly executes: number;
  /** The page was there, and what was done was not allowed. */
  readonly protection: number;
  /** Programs wrote to pages that were there and read-only: what a copy on write looks like. */
  readonly copiesOnWrite: number;
}

/** How long handlers of faults took that went back to the instruction which faulted. */
export interface FaultLatencies {
  readonly ns: Histogram;
  /** Empty where nobody counts them. */
  readonly instructions: Histogram;
}

/** What the events of one window say of memory. */
export interface MemoryEvents {
  readonly faults: FaultKinds;
  readonly faultLatencies: FaultLatencies;
  /** Of the window; null where nothing was modelled. */
  readonly counters: ModelCounters | null;
  readonly workingSet: readonly WorkingSetStep[];
  /** Of the working set; null where its steps are of the host's time. */
  readonly stepInstructions: number | null;
}

/** More steps than a chart has points are drawn together. */
const MOST_STEPS = 1_000;

/** Gathers what the events of one window say of memory. It needs memory for the working set alone. */
export function createMemoryReducer(): EventReducer<MemoryEvents> {
  const faults = { all: 0, user: 0, kernel: 0, writes: 0, executes: 0, protection: 0, copiesOnWrite: 0 };
  const faultLatencies: FaultLatencies = { ns: createHistogram(), instructions: createHistogram() };
  let first: ModelEvent | null = null;
  let last: ModelEvent | null = null;
  const steps = workingSetSteps();
  return {
    take(event) {
      if (event.kind === 'fault') countFault(faults, event);
      if (event.kind === 'resume') {
        faultLatencies.ns.record(Math.max(0, Math.round(event.latencyNs)));
        if (event.latencyInstructions !== null) faultLatencies.instructions.record(Math.max(0, event.latencyInstructions));
      }
      if (event.kind !== 'model') return;
      steps.take(event);
      first ??= event;
      last = event;
    },
    result: () => {
      const { steps: all, stepInstructions } = steps.result();
      const counters = first === null || last === null ? null : countersBetween(first.counters, last.counters);
      return { faults: { ...faults }, faultLatencies, counters, workingSet: thinned(all), stepInstructions };
    },
  };
}

function countFault(faults: { -readonly [Kind in keyof FaultKinds]: number }, { user, write, execute, protection }: FaultEvent): void {
  faults.all += 1;
  if (user) faults.user += 1;
  else faults.kernel += 1;
  if (write) faults.writes += 1;
  if (execute) faults.executes += 1;
  if (protection) faults.protection += 1;
  if (protection && write && user) faults.copiesOnWrite += 1;
}

/** The largest of each few neighbours: how many distinct pages two steps have together cannot be known. */
function thinned(steps: readonly WorkingSetStep[]): WorkingSetStep[] {
  const together = Math.ceil(steps.length / MOST_STEPS);
  if (together <= 1) return [...steps];
  const kept: WorkingSetStep[] = [];
  for (let at = 0; at < steps.length; at += together) {
    const group = steps.slice(at, at + together);
    const end = group.at(-1);
    if (end !== undefined) kept.push({ ...end, pages: Math.max(...group.map(({ pages }) => pages)) });
  }
  return kept;
}
