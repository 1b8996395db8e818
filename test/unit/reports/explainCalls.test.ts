import { expect, it } from 'vitest';
import { summariseEvents } from '../../../electron/core/measurements/summariseEvents.ts';
import { explainCalls } from '../../../electron/core/reports/explainCalls.ts';
import { makeMetrics, reading, sampleWith } from '../measurements/events.ts';
import { makeRun } from '../measurements/runs.ts';

function firstWords(counted: number): string | undefined {
  const events = summariseEvents(makeRun(), [sampleWith(0, makeMetrics({ readings: [reading({ value: counted })] }))]);
  return events === null ? undefined : explainCalls(events)[0];
}

it('calls of a trace that was cut are said to be those up to the cut', () => {
  expect(firstWords(3)).toBe('Programs entered the kernel 3 times in the window, by int 0x21 (3).');
  expect(firstWords(9)).toBe('The trace was cut: what follows is of the part before. In all there were 9 calls; until then programs entered the kernel 3 times in the window, by int 0x21 (3).');
});
