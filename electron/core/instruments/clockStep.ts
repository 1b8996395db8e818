import { stepped } from './pairStamps.ts';

/** How far the wall clock is ahead of the monotonic one, and how sure that is. */
export interface ClockOffset {
  readonly offsetNs: bigint;
  readonly uncertaintyNs: number;
}

/** Below this a step is not told from the reading of two clocks. Time adjustments (NTP) slew both clocks alike. */
const SMALLEST_STEP_NS = 2e6;

/** Throws CLOCK_STEPPED when the wall clock was set between two readings. */
export function refuseClockStep(before: ClockOffset, after: ClockOffset): void {
  const stepNs = Number(after.offsetNs - before.offsetNs);
  if (Math.abs(stepNs) > SMALLEST_STEP_NS + before.uncertaintyNs + after.uncertaintyNs) throw stepped(stepNs);
}
