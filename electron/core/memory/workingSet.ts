import type { EventReducer } from '../traces/eventReducer.ts';
import type { ModelEvent, TraceEvent } from '../traces/traceEvent.ts';

/** Instructions of the guest in a step. Steps of instructions are the same on any host; steps of time would say how fast it emulates. */
export const WORKING_SET_STEP = 1_000_000;

/** Distinct pages of 4 KiB that were touched in the step that ends then. */
export interface WorkingSetStep {
  readonly atNs: number;
  readonly pages: number;
  /** Of the guest from the window's begin to the step's end; absent in steps of the host's time. */
  readonly instructions?: number;
  /** The window ended before the step did; absent in steps of the host's time, which nobody can tell. */
  readonly isCut?: boolean;
}

/** The working set of a window, step by step, from the records of the memory model. */
export function workingSetSteps(): EventReducer<{ readonly steps: readonly WorkingSetStep[]; readonly stepInstructions: number | null }> {
  let first: ModelEvent | null = null;
  let stepInstructions: number | null = null;
  const steps: WorkingSetStep[] = [];
  return {
    take(event: TraceEvent) {
      if (event.kind !== 'model') return;
      // The first one stands at the begin of the window: its pages were touched before.
      if (first === null) {
        first = event;
        stepInstructions = event.instructions === null ? null : event.stepInstructions;
        return;
      }
      const { atNs, counters: { workingSetPages: pages } } = event;
      if (stepInstructions === null) {
        steps.push({ atNs, pages });
        return;
      }
      const instructions = (event.instructions ?? 0) - (first.instructions ?? 0);
      const before = steps.at(-1)?.instructions ?? 0;
      // Steps lie end to end; a record that ends none of them was written because the window ended.
      steps.push({ atNs, pages, instructions, isCut: Math.floor(instructions / stepInstructions) === Math.floor(before / stepInstructions) });
    },
    result: () => ({ steps, stepInstructions }),
  };
}

/** Those that the working set's size is taken from: whole ones, and one that the window's end cut only where it is the only one. */
export function countingSteps(steps: readonly WorkingSetStep[]): readonly WorkingSetStep[] {
  const whole = steps.filter(({ isCut }) => isCut !== true);
  return whole.length === 0 ? steps : whole;
}
