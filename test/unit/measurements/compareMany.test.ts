import { describe, expect, it } from 'vitest';
import type { DeclaredError } from '../../../electron/contract/errors.ts';
import type { PhaseTable, Run, RunWithSamples, Sample } from '../../../electron/contract/measurements.ts';
import type { Reading, SampleMetrics } from '../../../electron/contract/metrics.ts';
import { compareMany } from '../../../electron/core/measurements/compareMany.ts';
import { aloneSentences } from '../../../electron/core/measurements/comparisonWords.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { createRandomGenerator } from '../../../electron/core/statistics/randomGenerator.ts';
import { builtin, makeRun, makeSample, makeSubject, phaseTable } from './runs.ts';

/** Boots of ten phases, `stepMs` apart with a jitter of 1 %. */
function boots(count: number, stepMs: number, change: Partial<Sample> = {}): Sample[] {
  const random = createRandomGenerator(stepMs);
  return Array.from({ length: count }, (_, at) => {
    let now = 50;
    return makeSample(at, builtin.phases.map(() => (now += stepMs * (1 + 0.01 * random()))), change);
  });
}

function reading(metric: Reading['metric'], value: number | null, change: Partial<Reading> = {}): Reading {
  const certainty = value === null ? 'unavailable' : 'measured';
  return { metric, value, certainty, unit: 'count', instrument: 'plugin', technique: 'counted', resolution: 0, overhead: null, calibration: 'in', reason: null, ...change };
}

function metrics(readings: readonly Reading[]): SampleMetrics {
  const window = { fromNs: 0, toNs: 1, fromInstructions: null, toInstructions: null };
  return { window, logicalTime: true, readings: [...readings], symbols: [], calls: null, memory: null, profile: null, evidence: [], failures: [], calibration: null };
}

function run(id: string, samples: Sample[], change: Partial<Run> = {}): RunWithSamples {
  return { run: makeRun(undefined, { id, name: id, ...change }), samples };
}

const instructions = (count: number) => ({ metrics: metrics([reading('instructions', count), reading('pageFaults', null)]) });

describe('a comparison of runs', () => {
  it('has a row for each other run, and a cell for the boot, each phase and each reading', () => {
    const table = compareMany([run('one', boots(10, 10, instructions(500))), run('two', boots(10, 13, instructions(500))), run('three', boots(10, 10, instructions(501)))]);
    expect(table.baseline.key).toBe('one/a');
    expect(table.metrics).toEqual(['boot', ...builtin.phases.map(({ name }) => name), 'instructions']);
    expect(table.rows.map(({ key, verdict }) => [key, verdict?.metric, verdict?.name])).toEqual([['two/a', 'instructions', 'same'], ['three/a', 'instructions', 'more']]);
    expect(table.rows[0]?.cells[0]).toMatchObject({ metric: 'boot', role: 'information', unit: 'ns', verdict: { name: 'more' } });
    expect(table.rows[0]?.cells[0]?.effect.ratio).toBeCloseTo(1.3, 2);
  });

  it('takes the subject of a run that is asked for as baseline, and only the metrics that are asked for', () => {
    const two = { run: makeRun([makeSubject(), makeSubject({ key: 'b', label: 'Other' })], { id: 'two' }), samples: [...boots(5, 10), ...boots(5, 20, { subject: 'b' })] };
    const table = compareMany([run('one', boots(5, 10)), two], { baseline: { run: 'two', subject: 'b' }, metrics: ['boot'] });
    expect(table.baseline.key).toBe('two/b');
    expect(table.rows.map(({ key, cells }) => [key, cells.length, cells[0]?.verdict.name])).toEqual([['one/a', 1, 'less'], ['two/a', 1, 'less']]);
  });

  it('knows the control of the baseline’s own run', () => {
    const subjects = [makeSubject(), makeSubject({ key: 'b', control: true })];
    const table = compareMany([{ run: makeRun(subjects), samples: [...boots(5, 10), ...boots(5, 10.2, { subject: 'b' })] }, run('two', boots(5, 10.1))], { metrics: ['boot'] });
    expect(table.noise['boot']).toBeCloseTo(0.02, 2);
    expect(table.rows.map(({ control }) => control)).toEqual([true, false]);
  });

  it.each([
    ['hosts', {}, { host: { ...makeRun().host, id: 'b'.repeat(64) } }, 'hosts'],
    ['accelerators', {}, { subjects: [makeSubject({ accelerator: 'kvm' })] }, 'accelerators'],
    ['builds of QEMU', {}, { subjects: [makeSubject({ qemu: { ...makeSubject().qemu, id: 'qemu-2', version: '10.0.2' } })] }, 'builds of QEMU'],
    ['hosts of a container engine', { place: { engine: 'far', address: 'tcp://far:2376', version: '1', host: 'far', kernel: '6.1', image: 'i' } }, {}, 'hosts'],
  ])('gives ratios and no verdict across %s', (_, sample, change, reason) => {
    const table = compareMany([run('one', boots(10, 10)), run('two', boots(10, 20, sample), change)]);
    expect(table.rows[0]?.verdict).toMatchObject({ name: 'ratio only', reason: expect.stringContaining(reason) as string });
    expect(table.rows[0]?.cells[0]?.effect.ratio).toBeCloseTo(2, 1);
  });

  it('judges a Machine in a container of this host against a native one', () => {
    const here = { engine: 'default', address: 'unix:///var/run/docker.sock', version: '1', host: 'this', kernel: '6.1', image: 'i' };
    expect(compareMany([run('one', boots(10, 10)), run('two', boots(10, 20, { place: here }))]).rows[0]?.verdict?.name).toBe('more');
    // The same engine in a virtual machine has a kernel of its own.
    expect(compareMany([run('one', boots(10, 10)), run('two', boots(10, 20, { place: { ...here, kernel: '6.6-vm' } }))]).rows[0]?.verdict?.name).toBe('ratio only');
  });

  const plan = makeRun().plan;
  const events = (instrument: 'plugin' | 'eventLog', logicalTime = false) => ({
    plan: { ...plan, events: { instrument, metrics: [], window: { from: 'spawn' as const, durationSeconds: null }, load: null, logicalTime, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1 } },
  });

  it('judges nothing between logical time and the time of the host', () => {
    const table = compareMany([run('one', boots(10, 10, instructions(500)), events('plugin')), run('two', boots(10, 20, instructions(600)), events('plugin', true))]);
    expect(new Set(table.rows[0]?.cells.map(({ verdict }) => verdict.name))).toEqual(new Set(['ratio only']));
    expect(table.rows[0]?.verdict?.reason).toContain('logical time');
  });

  it('judges counts but not times when other instruments watched', () => {
    const table = compareMany([run('one', boots(10, 10, instructions(500)), events('plugin')), run('two', boots(10, 20, instructions(600)), events('eventLog'))]);
    expect(table.rows[0]?.verdict).toMatchObject({ metric: 'instructions', name: 'more' });
    expect(table.rows[0]?.cells[0]).toMatchObject({ metric: 'boot', verdict: { name: 'ratio only' } });
  });

  const minix = phaseTable('minix3');
  const named = (samples: Sample[], table: PhaseTable): Sample[] => samples.map((sample) => ({ ...sample, phases: table.phases.slice(0, 10).flatMap(({ name }, at) => ({ ...(sample.phases[at] ?? expect.fail('no phase')), name })) }));

  it('gives ratios of what two systems share, says that they are two, and names the phases that only one has', () => {
    const table = compareMany([run('one', boots(10, 10, instructions(500))), run('two', named(boots(10, 20, instructions(700)), minix), { phaseTable: minix })]);
    const row = table.rows[0] ?? expect.fail('no row');
    expect(new Set(row.cells.map(({ verdict }) => verdict.name))).toEqual(new Set(['ratio only']));
    expect(row.verdict).toMatchObject({ metric: 'instructions', reason: `They are different systems, each with phases of its own: ${builtin.system} (${builtin.id}) and ${minix.system} (${minix.id}).` });
    const shared = row.cells.map(({ metric }) => metric);
    expect(row.cells.find(({ metric }) => metric === 'instructions')?.effect.ratio).toBeCloseTo(1.4, 5);
    for (const { name } of builtin.phases) expect(shared.includes(name)).toBe(minix.phases.slice(0, 10).some((phase) => phase.name === name && phase.pattern !== null));
    expect(shared.length).toBeLessThan(builtin.phases.length + 2);
    expect(aloneSentences(row, 'one', (metric) => metric)[0]).toContain(`only “one” has them: ${row.alone.baseline.join(', ')}`);
    expect(row.alone.baseline).toEqual(builtin.phases.map(({ name }) => name).filter((name) => !shared.includes(name)));
  });

  it('names phases apart that two systems call alike', () => {
    const row = { label: 'two', alone: { baseline: ['x', 'p'], subject: ['q'] } };
    expect(aloneSentences(row, 'one', (metric) => (metric === 'x' ? 'X' : 'Loader'))).toEqual([
      'Not compared, because only “one” has them: X, Loader (p).', 'Not compared, because only “two” has it: Loader (q).',
    ]);
  });

  it('knows the phases of two systems in one run, each by its own table', () => {
    const subjects = [makeSubject(), makeSubject({ key: 'b', phaseTable: minix })];
    const samples = [...boots(5, 10), ...named(boots(5, 20, { subject: 'b' }), minix)];
    const [, other] = summariseRun(makeRun(subjects), samples, []).subjects;
    expect(other?.phases.map(({ name }) => name)).toEqual(minix.phases.map(({ name }) => name));
    expect(other?.phases[0]?.seen).toBe(5);
    expect(summariseRun(makeRun(subjects), samples, []).comparisons.every(({ conclusion, reason }) => conclusion === 'ratio only' && reason.includes('different systems'))).toBe(true);
  });

  const looked = (change: object) => ({ plan: { ...plan, events: { ...events('plugin').plan.events, ...change } } });
  it.each([
    ['windows', looked({ window: { from: 'lastPhase', durationSeconds: 5 } }), looked({ window: { from: 'lastPhase', durationSeconds: 10 } }), 'different windows: 5 s after the boot, and 10 s after the boot.'],
    ['loads', looked({ load: 'calls 5' }), looked({ load: null }), 'different work: “calls 5”, and no load.'],
    ['kinds', { ...looked({}), kind: 'syscalls' as const }, { ...looked({}), kind: 'memory' as const }, 'One is a measurement of system calls, the other of memory.'],
  ])('gives ratios and no verdict on readings across %s, and still judges the boots', (_, one, other, reason) => {
    const under = (change: Partial<Run>): Partial<Run> => ({ ...change, plan: { ...(change.plan ?? plan), events: { ...(change.plan?.events ?? expect.fail('no events')), logicalTime: true } } });
    const cells = compareMany([run('one', boots(10, 10, instructions(500)), under(one)), run('two', boots(10, 20, instructions(600)), under(other))]).rows[0]?.cells ?? [];
    expect(cells.find(({ metric }) => metric === 'instructions')?.verdict).toMatchObject({ name: 'ratio only', reason: expect.stringContaining(reason) as string });
    expect(cells.find(({ metric }) => metric === 'boot')?.verdict.name).toBe('more');
  });

  it('leaves out readings that are modelled from what decides', () => {
    const modelled = (value: number) => ({ metrics: metrics([reading('instructions', value, { certainty: 'modelled' })]) });
    expect(compareMany([run('one', boots(10, 10, modelled(5))), run('two', boots(10, 10, modelled(9)))]).rows[0]?.verdict?.metric).toBe('boot');
  });

  it('is refused for one subject, for an unknown baseline, for one without boots and with nothing in common', () => {
    const refusal = (code: string) => expect.objectContaining({ code }) as DeclaredError;
    expect(() => compareMany([run('one', boots(3, 10))])).toThrow(refusal('RUNS_NOT_COMPARABLE'));
    expect(() => compareMany([run('one', boots(3, 10)), run('two', boots(3, 10)), run('one', boots(3, 10))])).toThrow(refusal('RUNS_NOT_COMPARABLE'));
    expect(() => compareMany([run('one', boots(3, 10)), run('two', boots(3, 10))], { baseline: { run: 'three' } })).toThrow(refusal('RUNS_NOT_COMPARABLE'));
    expect(() => compareMany([run('one', boots(3, 10)), run('two', [])])).toThrow(refusal('NO_SAMPLES'));
    expect(() => compareMany([run('one', boots(3, 10)), run('two', boots(3, 10))], { metrics: ['interrupts'] })).toThrow(refusal('RUNS_NOT_COMPARABLE'));
  });
});

describe('the summary of a run with instructions', () => {
  it('is decided by them, and has the times as information', () => {
    const subjects = [makeSubject(), makeSubject({ key: 'b' })];
    const samples = [...boots(10, 10, instructions(500)), ...boots(10, 13, { subject: 'b', ...instructions(500) })];
    const { comparisons } = summariseRun(makeRun(subjects), samples, []);
    expect(comparisons.find(({ metric }) => metric === 'instructions')).toMatchObject({ role: 'gate', conclusion: 'same', reason: 'Every boot of both gave the same count.' });
    expect(comparisons.find(({ metric }) => metric === 'boot')).toMatchObject({ role: 'information', conclusion: 'slower' });
    expect(comparisons.filter(({ role }) => role === 'gate')).toHaveLength(1);
  });
});

describe('the summary of a run with a control', () => {
  it('calls nothing slower by less than the control is', () => {
    const subjects = [makeSubject(), makeSubject({ key: 'b' }), makeSubject({ key: 'c', control: true })];
    const samples = [...boots(10, 10), ...boots(10, 13, { subject: 'b' }), ...boots(10, 14, { subject: 'c' })];
    const conclusions = (summary: ReturnType<typeof summariseRun>) => summary.comparisons.filter(({ metric }) => metric === 'boot').map(({ conclusion }) => conclusion);
    expect(conclusions(summariseRun(makeRun(subjects), samples, []))).toEqual(['undecided', 'slower']);
    expect(conclusions(summariseRun(makeRun(subjects.slice(0, 2)), samples, []))).toEqual(['slower']);
  });
});
