import { describe, expect, it } from 'vitest';
import type { MemoryPicture } from '../../../electron/contract/metrics.ts';
import { recommend, recommendationRules, type MemoryFacts } from '../../../electron/core/memory/recommendations.ts';

type Faults = NonNullable<MemoryPicture['faults']>;

function factsOf(change: Partial<Faults>): MemoryFacts {
  const faults: Faults = { total: 1_000, minor: 0, major: 1_000, user: 0, kernel: 0, writes: 0, executes: 0, protection: 0, severity: 'moderate', why: 'numbers', latencyNs: null, ...change };
  return { faults, model: null, counters: null, sizes: null, copiesOnWrite: 0, instructions: 1e9, spaceLoads: 0 };
}

const advice = (facts: MemoryFacts): string[] => recommend(facts).map(({ rule }) => rule);

// The other rules are triggered by real guests in test/integration/memory; no guest of the tests pages.
describe('advice on major faults', () => {
  it('is given when many faults wait for a disk, and not when few do or when it cannot be told', () => {
    expect(advice(factsOf({}))).toEqual(['majorFaults']);
    expect(recommend(factsOf({}))[0]?.because).toEqual(['1,000 of 1,000 page faults waited for a disk.', 'numbers']);
    expect(advice(factsOf({ major: 99, minor: 901 }))).toEqual([]);
    expect(advice(factsOf({ severity: 'low' }))).toEqual([]);
    expect(advice(factsOf({ major: null, minor: null }))).toEqual([]);
  });
});

describe('the rules', () => {
  it('have names of their own, say when they apply, and give nothing without facts', () => {
    expect(new Set(recommendationRules.map(({ rule }) => rule)).size).toBe(recommendationRules.length);
    for (const { when, text } of recommendationRules) expect([when, text]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
    expect(recommend({ faults: null, model: null, counters: null, sizes: null, copiesOnWrite: 0, instructions: null, spaceLoads: 0 })).toEqual([]);
  });
});
