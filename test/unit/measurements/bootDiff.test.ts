import { describe, expect, it } from 'vitest';
import { diffEvents, diffPhases, type EventDiff, type EventDiffOptions } from '../../../electron/core/measurements/bootDiff.ts';
import { unevenKinds } from '../../../electron/core/measurements/recordedKinds.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { builtin, makeSample } from './runs.ts';

const stamp = { vcpu: 0, atNs: 0, instructions: null };
const call = (space: number, vector: number, change: Partial<TraceEvent> = {}): TraceEvent =>
  ({ kind: 'call', ...stamp, entry: { kind: 'int', vector }, context: { space: BigInt(space), thread: 0n }, registers: {}, message: null, ...change }) as TraceEvent;
const symbol = (name: string, change: Partial<TraceEvent> = {}): TraceEvent => ({ kind: 'symbol', ...stamp, symbol: name, hits: 1, ...change }) as TraceEvent;
const interrupt = (atNs: number): TraceEvent => ({ kind: 'interrupt', ...stamp, atNs, vector: 32 });

/** Says whether the source was given back. */
function source(events: readonly TraceEvent[]): AsyncIterable<TraceEvent> & { closed: () => boolean } {
  let closed = false;
  async function* iterate(): AsyncGenerator<TraceEvent> {
    try {
      for (const event of events) yield await Promise.resolve(event);
    } finally {
      closed = true;
    }
  }
  return { [Symbol.asyncIterator]: iterate, closed: () => closed };
}

const order: EventDiffOptions = { exact: false, endSymbol: null, nameOf: () => null };
const exact: EventDiffOptions = { ...order, exact: true };
const diff = (a: readonly TraceEvent[], b: readonly TraceEvent[], options: EventDiffOptions): Promise<EventDiff> => diffEvents(source(a), source(b), options);

describe('the events of two boots, by their order', () => {
  it('are the same although interrupts, times, addresses and the turns of processes differ', async () => {
    const a = [symbol('start'), call(0x1000, 33), interrupt(5), call(0x2000, 34), call(0x1000, 35), call(0x2000, 36)];
    const b = [symbol('start', { atNs: 9 }), call(0x7000, 33, { atNs: 12 }), call(0x9000, 34), call(0x9000, 36), interrupt(7), interrupt(8), call(0x7000, 35)];
    expect(await diff(a, b, order)).toEqual({ compared: 5, divergence: null });
  });

  it('part at the first call of a process that is another, with what came before in that process', async () => {
    const a = [call(1, 33), call(2, 40), call(1, 34), call(1, 35)];
    const b = [call(1, 33), call(2, 40), call(1, 34), call(1, 99)];
    const { divergence, compared } = await diff(a, b, order);
    expect(compared).toBe(4);
    expect(divergence).toMatchObject({ where: 'calls of address space 1', a: expect.stringContaining('int 0x23') as string, b: expect.stringContaining('int 0x63') as string });
    expect(divergence?.before).toHaveLength(2);
  });

  it('part where the same entry has another name', async () => {
    const names = { ...order, nameOf: (event: { registers: Readonly<Record<string, bigint>> }) => String(event.registers['eax']) };
    const [one, other] = [1n, 2n].map((eax) => call(1, 33, { registers: { eax } }));
    if (one === undefined || other === undefined) throw new Error('no calls');
    expect((await diff([one], [other], names)).divergence).not.toBeNull();
    expect((await diff([one], [one], names)).divergence).toBeNull();
  });

  it('are compared up to the symbol at which both end, and both sources are given back', async () => {
    const [a, b] = [source([symbol('start'), symbol('ready'), call(1, 33)]), source([symbol('start'), symbol('ready'), call(1, 99)])];
    expect(await diffEvents(a, b, { ...order, endSymbol: 'ready' })).toEqual({ compared: 2, divergence: null });
    expect(a.closed() && b.closed()).toBe(true);
  });
});

describe('the events of two boots in logical time', () => {
  it('are the same to the instruction, whatever time passed on the host', async () => {
    const boot = (atNs: number): TraceEvent[] => [symbol('start', { atNs, instructions: 10 }), call(1, 33, { atNs: atNs * 3, instructions: 20 })];
    expect(await diff(boot(5), boot(7), exact)).toEqual({ compared: 2, divergence: null });
  });

  it('part by a single instruction', async () => {
    const { divergence } = await diff([symbol('start', { instructions: 10 }), call(1, 33, { instructions: 20 })], [symbol('start', { instructions: 10 }), call(1, 33, { instructions: 21 })], exact);
    expect(divergence).toMatchObject({ a: expect.stringContaining('#20') as string, b: expect.stringContaining('#21') as string, before: [expect.stringContaining('start')] });
  });

  it('part where one of them has ended', async () => {
    const { divergence } = await diff([symbol('start')], [symbol('start'), call(1, 33)], exact);
    expect(divergence).toMatchObject({ a: null, b: expect.stringContaining('int 0x21') as string });
  });
});

describe('what only one of two boots recorded', () => {
  const recorded = (change: Partial<Parameters<typeof unevenKinds>[0]['plan']>, hasSymbols = true) => ({ plan: { metrics: ['systemCalls' as const], model: null, profileEvery: null, ...change }, hasSymbols });
  const profile = (instructions: number): TraceEvent => ({ kind: 'profile', ...stamp, instructions, context: { space: 1n, thread: 0n }, address: 5n, callers: [] });

  it('is left out of both and named, so that a profile alone parts nothing', async () => {
    const uneven = unevenKinds(recorded({ profileEvery: 10_000 }), recorded({}));
    expect(uneven.words).toEqual(['only A recorded the profile']);
    const boot = (vector: number): TraceEvent[] => [symbol('start', { instructions: 10 }), call(1, vector, { instructions: 20 })];
    expect(await diff([profile(1), ...boot(33)], boot(33), { ...exact, leftOut: uneven.kinds })).toEqual({ compared: 2, divergence: null });
    expect((await diff([profile(1), ...boot(33)], boot(34), { ...exact, leftOut: uneven.kinds })).divergence).toMatchObject({ a: expect.stringContaining('int 0x21') as string });
  });

  it('is also what each recorded in its own way, and nothing where both recorded the same', () => {
    expect(unevenKinds(recorded({ profileEvery: 10_000 }), recorded({ profileEvery: 500 })).words).toEqual(['the profile has another interval in each']);
    expect(unevenKinds(recorded({}, false), recorded({ metrics: ['pageFaults'] })).words).toEqual(['only A recorded system calls', 'only B recorded page faults', 'only B recorded symbols']);
    expect(unevenKinds(recorded({ profileEvery: 500 }), recorded({ profileEvery: 500 })).kinds.size).toBe(0);
  });

  it('does not part them at their ends where one does not know its end', async () => {
    expect(await diff([symbol('ready')], [call(1, 33)], { ...exact, endSymbol: 'ready', leftOut: new Set(['symbol'] as const) })).toEqual({ compared: 0, divergence: null });
  });
});

describe('the phases of two boots', () => {
  const boot = (text: string | null, instructions: number) => {
    const sample = makeSample(0, builtin.phases.map((_, at) => 10 * (at + 1)));
    const phases = sample.phases.map((one, at) => (at !== 3 || one.status !== 'seen' ? one : text === null ? { name: one.name, status: 'missing' as const, seenLast: '' } : { ...one, text, symbol: { symbol: 's', atNs: 1, instructions, instrument: 'plugin' as const } }));
    return { phases };
  };
  it.each([
    [boot('x', 5), boot('x', 5), true, null],
    [boot('x', 5), boot('x', 6), true, /after 5 instructions in A, 6 in B/],
    [boot('x', 5), boot('x', 6), false, null],
    [boot('x', 5), boot('y', 5), false, /A printed "x", B "y"/],
    [boot(null, 5), boot('x', 5), false, /in B only/],
  ])('differ only in what is no time (%#)', (a, b, isExact, words) => {
    const differences = diffPhases(a, b, builtin, isExact).map(({ differs }) => differs);
    if (words === null) expect(differences.every((one) => one === null)).toBe(true);
    else expect(differences[3]).toMatch(words);
    expect(differences.filter((one) => one !== null)).toHaveLength(words === null ? 0 : 1);
  });
});
