import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import type { Environment, PublishedValue } from '../../../electron/contract/published.ts';
import type { Statistics } from '../../../electron/contract/summaries.ts';
import { judge } from '../../../electron/core/published/judge.ts';
import { loadPublished } from '../../../electron/core/published/loadPublished.ts';

const kvm: Environment = { hardware: 'A', execution: 'hardwareVirtualised', hostId: 'a'.repeat(64), qemuBuildId: 'q1' };
const elsewhere: Environment = { hardware: 'B', execution: 'hardware', hostId: null, qemuBuildId: null };

function measured(median: number, width = 0): Statistics {
  const interval = { level: 0.95, low: median - width / 2, high: median + width / 2, resamples: 4_000 };
  return { unit: 'ns', count: 10, min: median, max: median, mean: median, median, standardDeviation: 0, interval, outliers: [] };
}

function value(change: Partial<PublishedValue> = {}): PublishedValue {
  return {
    id: 'value',
    subject: 'a boot',
    phaseTable: 'minix3',
    architecture: null,
    metric: 'boot',
    low: 35,
    high: 65,
    unit: 'ms',
    environment: elsewhere,
    source: { title: 'A paper', detail: 'Table 1', standing: 'primary' },
    note: '',
    ...change,
  };
}

const ms = 1e6;

describe('a verdict', () => {
  it.each([
    [50, 'VERIFIED', 0],
    [35, 'VERIFIED', 0],
    [65, 'VERIFIED', 0],
    [71.4, 'VERIFIED', 6.4 / 65],
    [71.5, 'PLAUSIBLE', 0.1],
    [78, 'PLAUSIBLE', 0.2],
    [78.1, 'NEEDS_VALIDATION', 13.1 / 65],
    [32, 'VERIFIED', 3 / 35],
    [31, 'PLAUSIBLE', 4 / 35],
    [27.9, 'NEEDS_VALIDATION', 7.1 / 35],
  ])('on %d ms against 35–65 ms is %s', (median, name, error) => {
    const verdict = judge(measured(median * ms), value(), kvm, 1_000);
    expect(verdict.name).toBe(name);
    expect(verdict.error).toBeCloseTo(error, 9);
  });

  it.each<[string, Parameters<typeof judge>]>([
    ['the instrument is too coarse', [measured(50 * ms), value(), kvm, 7 * ms]],
    ['the interval of the median is too wide', [measured(50 * ms, 7 * ms), value(), kvm, 1_000]],
    ['there are fewer than three boots', [{ ...measured(50 * ms), interval: null }, value(), kvm, 1_000]],
    ['the guest was emulated and the value is from hardware', [measured(50 * ms), value(), { ...kvm, execution: 'emulated' }, 1_000]],
    ['both were emulated, but elsewhere', [measured(50 * ms), value({ environment: { ...elsewhere, execution: 'emulated' } }), { ...kvm, execution: 'emulated' }, 1_000]],
    ['the source names no environment', [measured(50 * ms), value({ environment: { ...elsewhere, execution: null } }), kvm, 1_000]],
    ['the value is no time', [measured(50 * ms), value({ unit: 'cycles' }), kvm, 1_000]],
    ['the baseline is from another machine', [measured(50 * ms), value({ environment: { ...kvm, hostId: 'b'.repeat(64) } }), kvm, 1_000]],
    ['the baseline is from another QEMU', [measured(50 * ms), value({ environment: { ...kvm, qemuBuildId: 'q2' } }), kvm, 1_000]],
    ['the baseline was executed in another way', [measured(50 * ms), value({ environment: { ...kvm, execution: 'emulated' } }), kvm, 1_000]],
    ['the baseline is itself too uncertain', [measured(50 * ms), value({ low: 45, high: 55, environment: kvm, source: { title: 't', detail: 'd', standing: 'baseline' } }), kvm, 1_000]],
  ])('is INDETERMINATE when %s', (_, input) => {
    expect(judge(...input)).toMatchObject({ name: 'INDETERMINATE', error: null });
  });

  it('compares an emulated boot with a baseline of the same machine and QEMU', () => {
    const tcg = { ...kvm, execution: 'emulated' as const };
    const baseline = value({ low: 49, high: 51, environment: tcg, source: { title: 't', detail: 'd', standing: 'baseline' } });
    expect(judge(measured(52 * ms, ms), baseline, tcg, 1_000).name).toBe('VERIFIED');
    expect(judge(measured(58 * ms, ms), baseline, tcg, 1_000).name).toBe('PLAUSIBLE');
    expect(judge(measured(80 * ms, ms), baseline, tcg, 1_000).name).toBe('NEEDS_VALIDATION');
  });

  it('never is VERIFIED for any input that the rules do not allow', () => {
    const execution = fc.constantFrom<Environment['execution']>('hardware', 'hardwareVirtualised', 'emulated', null);
    const environment = fc.record({ hardware: fc.constant(null), execution, hostId: fc.constantFrom(null, 'a'.repeat(64), 'b'.repeat(64)), qemuBuildId: fc.constantFrom(null, 'q1', 'q2') });
    const near = fc.double({ min: 0.8, max: 1.25, noNaN: true });
    const odd = fc.oneof({ weight: 20, arbitrary: near }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -1, 0) });
    const input = fc.record({
      median: odd, width: fc.oneof(fc.double({ min: 0, max: 0.3 }), odd), low: odd, spread: fc.double({ min: 0, max: 0.3, noNaN: true }),
      unit: fc.constantFrom<PublishedValue['unit']>('ns', 'ms', 's', 'cycles', 'ratio', 'MiB'), here: environment, there: environment,
      resolution: fc.oneof(fc.double({ min: 0, max: 0.2 }), odd), counted: fc.boolean(), standing: fc.constantFrom<PublishedValue['source']['standing']>('primary', 'baseline'),
    });
    const factors: Record<string, number> = { ns: 1, ms: 1e6, s: 1e9 };
    let verified = 0;
    fc.assert(
      fc.property(input, ({ median, width, low, spread, unit, here, there, resolution, counted, standing }) => {
        // Numbers in units of 1,000 of the value's own, so that all of them are near one another.
        const scale = 1_000 * (factors[unit] ?? 1);
        const statistics = { ...measured(median * scale, width * scale), ...(counted ? {} : { interval: null }) };
        const published = value({ low: low * 1_000, high: (low + spread) * 1_000, unit, environment: there, source: { title: 't', detail: 'd', standing } });
        if (judge(statistics, published, here, resolution * scale).name !== 'VERIFIED') return;
        verified++;
        const bound = Math.abs(median - low) <= Math.abs(median - low - spread) ? low : low + spread;
        const inside = median >= low && median <= low + spread;
        expect(unit in factors).toBe(true);
        expect(counted).toBe(true);
        expect(inside || Math.abs(median - bound) / bound < 0.1 + 1e-9).toBe(true);
        expect(width).toBeLessThanOrEqual(0.1 * bound + 1e-6);
        expect(resolution).toBeLessThanOrEqual(0.1 * bound + 1e-9);
        expect(there.execution).not.toBeNull();
        expect(here.execution).not.toBeNull();
        if (there.hostId === null && standing !== 'baseline') expect([there.execution, here.execution]).not.toContain('emulated');
        else expect([there.hostId, there.qemuBuildId, there.execution]).toEqual([here.hostId, here.qemuBuildId, here.execution]);
      }),
      { numRuns: 20_000, seed: 5 },
    );
    // The property says something only when VERIFIED was reached.
    expect(verified).toBeGreaterThan(10);
  });
});

describe('published values', () => {
  const file = 'resources/published/published.json';
  const shipped = (): { values: PublishedValue[] } => JSON.parse(readFileSync(file, 'utf8')) as { values: PublishedValue[] };

  it('that Petri ships all load, each with its source', () => {
    const values = loadPublished(file, shipped());
    expect(values.length).toBeGreaterThan(30);
    for (const { source } of values) expect(source.title.length * source.detail.length).toBeGreaterThan(0);
  });

  it.each([
    ['no source', { source: undefined }],
    ['an empty title', { source: { title: ' ', detail: 'Table 1', standing: 'primary' as const } }],
    ['an empty detail', { source: { title: 'A paper', detail: '', standing: 'primary' as const } }],
  ])('with %s are refused by name', (_, change) => {
    const load = () => loadPublished('f.json', { values: [value(), { ...value({ id: 'second' }), ...change }] });
    expect(load).toThrow(expect.objectContaining({ code: 'PUBLISHED_WITHOUT_SOURCE', details: { file: 'f.json', entry: 'second' } }) as DeclaredError);
  });

  it('that do not fit are refused with what does not fit', () => {
    const load = (values: unknown) => () => loadPublished('f.json', values);
    expect(load({ values: [{ ...value(), unit: 'furlongs' }] })).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
    expect(load({ values: [value({ low: 70 })] })).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
    expect(load({ values: [value(), value()] })).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
    expect(load([])).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
  });
});
