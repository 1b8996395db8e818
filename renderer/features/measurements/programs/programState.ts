import type { Sample } from '../../../../electron/contract/measurements.ts';
import type { ProgramTrace, ProgramTraceEvent } from '../../../../electron/contract/programs.ts';

/** A trace as far as the page has followed it. */
export interface ProgramState {
  readonly trace: ProgramTrace | null;
  readonly samples: readonly Sample[];
  readonly progress: Extract<ProgramTraceEvent, { type: 'progress' }> | null;
}

export const noProgram: ProgramState = { trace: null, samples: [], progress: null };

export function applyProgramEvent(state: ProgramState, event: ProgramTraceEvent): ProgramState {
  if (event.type === 'snapshot') return { trace: event.trace, samples: event.samples, progress: null };
  if (event.type === 'progress') return { ...state, progress: event };
  if (event.type === 'sample') return { ...state, samples: [...state.samples.filter(({ index }) => index !== event.sample.index), event.sample], progress: null };
  return { ...state, trace: event.trace };
}
