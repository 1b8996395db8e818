import type { PhaseStamp, Run, RunEvent, Sample } from '../../../electron/contract/measurements.ts';

/** The boot that is running now. `console` is where its serial bytes can be read. */
export interface LiveBoot {
  readonly index: number;
  readonly subject: string;
  readonly warmUp: boolean;
  readonly console: string;
  readonly stamps: readonly PhaseStamp[];
}

/** One run as the page knows it. `boot` stays after its boot has ended, until the next begins or the run ends. */
export interface RunState {
  readonly run: Run | null;
  readonly samples: readonly Sample[];
  readonly boot: LiveBoot | null;
}

export const noRun: RunState = { run: null, samples: [], boot: null };

/** The run after an event. A reconnect begins with a snapshot again, so a sample may come twice. */
export function applyRunEvent(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'snapshot':
      return { ...state, run: event.run, samples: event.samples };
    case 'boot':
      return { ...state, boot: { index: event.index, subject: event.subject, warmUp: event.warmUp, console: event.console, stamps: [] } };
    case 'phase':
      if (state.boot?.index !== event.index) return state;
      return { ...state, boot: { ...state.boot, stamps: [...state.boot.stamps, event.stamp] } };
    case 'sample':
      return { ...state, samples: [...state.samples.filter(({ index }) => index !== event.sample.index), event.sample] };
    case 'run':
      return { ...state, run: event.run };
  }
}

/** How many boots are done and planned, warm-ups included. */
export function progressOf({ run, samples }: RunState): { done: number; planned: number } {
  return { done: samples.length, planned: run?.plan.order.length ?? 0 };
}
