import { Ban, Check, CircleDashed, CircleSlash, LoaderCircle, Minus, TriangleAlert, X } from '@lucide/vue';
import type { Component } from 'vue';

/** The tone of a word: each has a colour and, so that the colour is never alone, an icon of its own shape. */
export type Tone = 'good' | 'warn' | 'bad' | 'neutral' | 'accent';

export interface Mark {
  readonly tone: Tone;
  readonly word: string;
  readonly icon: Component;
}

/** Words of the contract (verdicts, states) that look the same wherever they stand. */
export const marks: Readonly<Record<string, Mark>> = {
  good: { tone: 'good', word: 'Good', icon: Check },
  limited: { tone: 'warn', word: 'Limited', icon: TriangleAlert },
  slow: { tone: 'warn', word: 'Slow', icon: TriangleAlert },
  missing: { tone: 'neutral', word: 'Missing', icon: Minus },
  absent: { tone: 'neutral', word: 'Absent', icon: Minus },
  denied: { tone: 'bad', word: 'Denied', icon: Ban },
  broken: { tone: 'bad', word: 'Broken', icon: X },
  unknown: { tone: 'neutral', word: 'Not tested', icon: CircleDashed },
  VERIFIED: { tone: 'good', word: 'Verified', icon: Check },
  PLAUSIBLE: { tone: 'warn', word: 'Plausible', icon: TriangleAlert },
  NEEDS_VALIDATION: { tone: 'bad', word: 'Needs validation', icon: X },
  INDETERMINATE: { tone: 'neutral', word: 'Indeterminate', icon: CircleSlash },
};

/** How a piece of work stands, whoever does it: a task, a run, an installation or a step of one. */
export const workMarks = {
  waiting: { tone: 'neutral', word: 'Waiting', icon: CircleDashed },
  running: { tone: 'accent', word: 'Running', icon: LoaderCircle },
  cancelling: { tone: 'neutral', word: 'Cancelling', icon: LoaderCircle },
  done: { tone: 'good', word: 'Done', icon: Check },
  cancelled: { tone: 'neutral', word: 'Cancelled', icon: Ban },
  interrupted: { tone: 'warn', word: 'Interrupted', icon: TriangleAlert },
  failed: { tone: 'bad', word: 'Failed', icon: X },
  skipped: { tone: 'neutral', word: 'Skipped', icon: CircleSlash },
} as const satisfies Readonly<Record<string, Mark>>;
