import { describe, expect, it } from 'vitest';
import { settings } from '../../../electron/contract/settings.ts';
import { memoryPicture as schema } from '../../../electron/contract/metrics.ts';
import { countEvents } from '../../../electron/core/measurements/collectMetrics.ts';
import { accessPattern, spatialLocality } from '../../../electron/core/memory/accessPattern.ts';
import { amount, percent } from '../../../electron/core/memory/amount.ts';
import { minorAndMajorOutlook } from '../../../electron/core/memory/faultOutlook.ts';
import { faultSeverity } from '../../../electron/core/memory/faultSeverity.ts';
import { createMemoryReducer } from '../../../electron/core/memory/memoryEvents.ts';
import { memoryPicture, type MemoryWindow } from '../../../electron/core/memory/memoryPicture.ts';
import { memorySentences } from '../../../electron/core/memory/memoryWords.ts';
import { createReferenceModel } from '../../../electron/core/memory/referenceModel.ts';
import type { FaultEvent, ModelCounters, ModelEvent, TraceEvent } from '../../../electron/core/traces/traceEvent.ts';

const usual = settings.parse({}).memoryModel;
const context = { space: 1n, thread: 0n };
const none = { same: 0, word: 0, line: 0, page: 0, far: 0 };

function fault(change: Partial<FaultEvent>): FaultEvent {
  return { kind: 'fault', vcpu: 0, atNs: 0, instructions: null, context, address: 0n, protection: false, write: false, user: false, execute: false, ...change };
}

function counters(change: Partial<ModelCounters> = {}): ModelCounters {
  const data = { loads: 0, loadMisses: 0, stores: 0, storeMisses: 0 };
  const plain = { references: 0, misses: 0 };
  return { l1Data: data, l1Instruction: plain, lastLevel: plain, dataTlb: data, instructionTlb: plain, workingSetPages: 0, strides: none, ...change };
}

const model = (atNs: number, change: Partial<ModelCounters>): ModelEvent => ({ kind: 'model', vcpu: 0, atNs, instructions: null, stepInstructions: null, counters: counters(change) });
/** As version 3 of the trace has it. */
const stepped = (instructions: number, workingSetPages: number): ModelEvent => ({ ...model(instructions / 100, { workingSetPages }), instructions, stepInstructions: 1_000 });

function pictureOf(events: readonly TraceEvent[], change: Partial<MemoryWindow> = {}) {
  const reducer = createMemoryReducer();
  for (const event of events) reducer.take(event);
  const faults = events.filter(({ kind }) => kind === 'fault').length;
  const totals = { instructions: 1_000_000, calls: 0, faults, spaceLoads: 0, interrupts: 0, dropped: 0 };
  return memoryPicture(reducer.result(), { totals, fromNs: 0, toNs: 2e9, model: usual, watchesFaults: true, driveBytesRead: 0, ...change });
}

describe('the picture of a window', () => {
  it('has its faults by kind, and tells minor from major only where no drive was read', () => {
    const events = [fault({ user: true, write: true }), fault({ user: true, write: true, protection: true }), fault({ user: true, execute: true }), fault({ protection: true })];
    const picture = pictureOf(events);
    expect(picture?.faults).toMatchObject({ total: 4, minor: 4, major: 0, user: 3, kernel: 1, writes: 2, executes: 1, protection: 2, severity: 'low', latencyNs: null });
    for (const driveBytesRead of [17, null]) {
      const unknown = pictureOf(events, { driveBytesRead });
      expect(unknown?.faults).toMatchObject({ minor: null, major: null, why: expect.stringContaining('not told apart') as string });
    }
    expect(schema.parse(picture)).toEqual(picture);
  });

  it('says of how many faults the kinds are when the trace was cut', () => {
    const totals = { instructions: 1_000_000, calls: 0, faults: 5_000, spaceLoads: 0, interrupts: 0, dropped: 4_999 };
    expect(pictureOf([fault({ user: true })], { totals })?.faults).toMatchObject({ total: 5_000, user: 1, severity: 'high', why: expect.stringContaining('those of the 1 fault in the trace') as string });
  });

  it('has ratios and working set of the window, not of what was before it', () => {
    const before = { l1Data: { loads: 1e6, loadMisses: 1e6, stores: 0, storeMisses: 0 }, instructionTlb: { references: 50, misses: 50 }, workingSetPages: 9_999 };
    const middle = { ...before, workingSetPages: 12 };
    const after = {
      l1Data: { loads: 1e6 + 600, loadMisses: 1e6 + 60, stores: 400, storeMisses: 40 },
      dataTlb: { loads: 600, loadMisses: 20, stores: 400, storeMisses: 5 },
      instructionTlb: { references: 1_050, misses: 75 },
      workingSetPages: 7,
    };
    const picture = pictureOf([model(10, before), model(20, middle), model(30, after)])?.model;
    expect(picture?.hitRatios).toEqual({ l1Data: 0.9, dataTlb: 0.975, instructionTlb: 0.975 });
    expect(picture?.workingSet).toEqual([{ atNs: 20, pages: 12 }, { atNs: 30, pages: 7 }]);
    expect(picture?.tlbEffectiveness).toBe(0.975);
  });

  it('has a working set in steps of instructions from the window on, and counts the one that the window cut only where it is alone', () => {
    const events = [stepped(500, 9_999), stepped(1_502, 40), stepped(2_500, 20), stepped(3_501, 60), stepped(3_900, 3)];
    const { workingSet, stepInstructions } = pictureOf(events)?.model ?? { workingSet: [] };
    expect([workingSet.map(({ instructions, pages }) => [instructions, pages]), stepInstructions]).toEqual([[[1_002, 40], [2_000, 20], [3_001, 60], [3_400, 3]], 1_000]);
    const median = (window: readonly TraceEvent[]): number | null => {
      const counter = countEvents(null);
      for (const event of window) counter.take(event);
      return counter.result().workingSetPages;
    };
    expect([median(events), median([stepped(500, 9_999), stepped(900, 3)]), median([model(1, {}), model(2, { workingSetPages: 4 }), model(3, { workingSetPages: 8 })])]).toEqual([40, 3, 6]);
    const said = (window: readonly TraceEvent[]): string => memorySentences(pictureOf(window) ?? { faults: null, model: null, recommendations: [] }).find(({ about }) => about === 'workingSet')?.finding ?? '';
    expect([said(events), said([stepped(500, 9_999), stepped(900, 3)])]).toEqual(['At most 60 pages (240 KiB) were touched in 1,000 instructions.', 'At most 3 pages (12 KiB) were touched in the window’s 400 instructions.']);
    expect(schema.parse(pictureOf(events))).toEqual(pictureOf(events));
  });

  it('draws many steps together by their largest', () => {
    const events = Array.from({ length: 5_001 }, (_, at) => model(at, { workingSetPages: at % 1_000 === 500 ? 777 : 3 }));
    const workingSet = pictureOf(events)?.model?.workingSet ?? [];
    expect(workingSet).toHaveLength(1_000);
    expect(workingSet.filter(({ pages }) => pages === 777)).toHaveLength(5);
    expect(workingSet.at(-1)?.atNs).toBe(5_000);
  });

  it('is nothing where neither faults nor memory were looked at, and has half where one was', () => {
    expect(pictureOf([], { watchesFaults: false, model: null })).toBeNull();
    expect(pictureOf([fault({})], { model: null })).toMatchObject({ model: null, faults: { total: 1 } });
    expect(pictureOf([model(1, {}), model(2, {})], { watchesFaults: false })).toMatchObject({ faults: null, model: { hitRatios: {}, accessPattern: 'unknown', spatialLocality: null, tlbEffectiveness: null } });
  });

  it('is told in sentences that have its numbers', () => {
    const picture = pictureOf([fault({ user: true, write: true }), model(1, {}), model(2, { l1Data: { loads: 900, loadMisses: 300, stores: 100, storeMisses: 0 }, strides: { ...none, far: 2_000 }, workingSetPages: 80 })]);
    const sentences = memorySentences(picture ?? { faults: null, model: null, recommendations: [] });
    expect(sentences.map(({ about }) => about)).toEqual(['faults', 'l1Data', 'workingSet', 'accessPattern', 'spatialLocality']);
    const findings = sentences.map(({ finding }) => finding).join(' ');
    expect(findings).toContain('1 page fault: 1 by programs');
    expect(findings).toContain('70 % of loads and stores');
    expect(findings).toContain('At most 80 pages (320 KiB)');
    expect(sentences.find(({ about }) => about === 'workingSet')?.meaning).toBe('It is more than the 64 pages of the data TLB, and no more than the 8,192 KiB of the last cache.');
    expect(findings).toContain('Random');
  });
});

describe('the access pattern', () => {
  it('is the kind of step that is twice as frequent as all others, without those that stay', () => {
    const of = (change: Partial<typeof none>) => accessPattern({ ...none, ...change });
    expect(of({ same: 1e9, word: 2_000, far: 1_000 })).toBe('sequential');
    expect(of({ word: 1_999, far: 1_001 })).toBe('mixed');
    expect(of({ line: 1_000, page: 1_000, word: 1_000 })).toBe('strided');
    expect(of({ far: 1_000 })).toBe('random');
    expect(of({ same: 1e9, far: 999 })).toBe('unknown');
  });

  it('has a locality of steps within a line', () => {
    expect(spatialLocality({ same: 1, word: 1, line: 1, page: 0, far: 1 })).toBe(0.75);
    expect(spatialLocality(none)).toBeNull();
  });

  it('has none for a walk from line to line, and all for one that stays within lines', () => {
    const walk = (stepBytes: number): ReturnType<typeof spatialLocality> => {
      const model = createReferenceModel(usual, (page) => page);
      for (let at = 0; at < 2_000; at += 1) model.access({ kind: 'load', address: BigInt(0x400000 + at * stepBytes), bytes: 1, instruction: 1n });
      return spatialLocality(model.counters().strides);
    };
    expect([1, 8, 9, 63, 64, 65, 4_096, 4_097].map(walk)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });
});

describe('the severity of faults', () => {
  const of = (total: number, instructions: number | null, seconds = 1, major: number | null = null) => faultSeverity({ total, major, instructions, seconds }).severity;

  it('goes by faults in a million instructions, and by time where nobody counts them', () => {
    expect([0, 9, 10, 99, 100].map((total) => of(total, 1_000_000))).toEqual(['none', 'low', 'moderate', 'moderate', 'high']);
    expect([9_999, 10_000, 100_000].map((total) => of(total, null))).toEqual(['low', 'moderate', 'high']);
  });

  it('is worse where faults wait for a disk, and says its numbers and thresholds', () => {
    expect([1, 10, 100].map((major) => of(100, 1e12, 1, major))).toEqual(['low', 'moderate', 'high']);
    const { why } = faultSeverity({ total: 2_000, major: null, instructions: 40_000_000, seconds: 2 });
    expect(why).toContain('2,000 page faults in 40,000,000 instructions: 50 per million, 1,000 per second');
    expect(why).toContain('moderate from 10 and high from 100 per million on');
  });
});

describe('the outlook on minor and major faults', () => {
  it('becomes measured when the window tells them apart, and stays what it was otherwise', () => {
    const unseen = (['pageFaults', 'minorPageFaults', 'majorPageFaults'] as const).map((metric) => ({ metric, certainty: 'unavailable' as const, technique: '', resolution: null, reason: 'no' }));
    const told = minorAndMajorOutlook(unseen, pictureOf([fault({})]));
    expect(told.filter(({ certainty }) => certainty === 'measured').map(({ metric }) => metric)).toEqual(['minorPageFaults', 'majorPageFaults']);
    expect(told).toHaveLength(3);
    expect(minorAndMajorOutlook(unseen, pictureOf([fault({})], { driveBytesRead: null }))).toBe(unseen);
    expect(minorAndMajorOutlook(unseen, null)).toBe(unseen);
  });
});

describe('numbers for readers', () => {
  it('never show a little as nothing, nor most as all', () => {
    expect([0, 0.0001, 0.0636, 0.9999, 1].map(percent)).toEqual(['0 %', 'less than 0.1 %', '6.4 %', 'more than 99.9 %', '100 %']);
    expect([0.0345, 8.74, 9, 43.4, 12_345_678].map(amount)).toEqual(['0.035', '8.7', '9', '43', '12,345,678']);
  });
});
