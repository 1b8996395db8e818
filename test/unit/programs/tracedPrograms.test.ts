import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../electron/contract/measurements.ts';
import type { CallRow } from '../../../electron/contract/metrics.ts';
import { programTrace, type ProgramTrace, type TraceWithSamples } from '../../../electron/contract/programs.ts';
import { compareTraces } from '../../../electron/core/programs/compareTraces.ts';
import { renderTraceComparison, renderTraceCsv, renderTraceText } from '../../../electron/core/programs/renderTrace.ts';
import { targetWords, traceCommand, traceName } from '../../../electron/core/programs/targetWords.ts';
import { summariseTrace, tracedSample, traceFigures, withOverhead } from '../../../electron/core/programs/tracedSample.ts';
import { createPen } from '../../../electron/core/reports/textLayout.ts';

const DIGEST = 'a'.repeat(64);
const provenance = { instrument: 'strace', technique: 'strace stops each thread', resolutionNs: 1_000 } as const;
const host = { id: DIGEST, platform: 'Linux', kernel: '6.1', cpuModel: 'CPU', cores: 2, memoryBytes: 1e9, governor: null, virtualised: null };
const pen = createPen(false);

function row(name: string, count: number, medianNs: number): CallRow {
  const latencyNs = { count, min: medianNs, max: 2 * medianNs, mean: medianNs, median: medianNs, p95: medianNs, p99: medianNs, error: 0.004, buckets: [[medianNs, medianNs + 1, count]] as [number, number, number][] };
  return { process: 'dd (7)', name, number: 1, group: 'system call', count, errors: 0, unreturned: 0, latencyNs, latencyInstructions: null };
}

function sampleOf(index: number, rows: readonly CallRow[], cut: string | null = null): Sample {
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const calls = { decoder: 'linux-x86_64', verified: null, total, entries: [], rows: [...rows], unnamed: 0, roundTrips: null };
  return tracedSample({ index, target: { kind: 'command', command: 'dd', args: [] }, provenance, startedAt: new Date(0), durationNs: 2e9, load: 0.5, calls, evidence: { format: 'strace', digest: DIGEST, bytes: 10, events: 2, cut } });
}

function traceOf(change: Partial<ProgramTrace>, samples: Sample[]): TraceWithSamples {
  const trace = programTrace.parse({
    id: 'trace-1', name: 'dd', notes: '', tags: [], createdAt: new Date(0).toISOString(), endedAt: null, state: 'done', target: { kind: 'command', command: 'dd', args: ['bs=1'] }, pids: [], durationSeconds: null, calls: null,
    runs: samples.length, seed: 1, host, provenance, costs: 'a hundred times', overhead: null, overheadSays: 'not measured: once', left: { undecoded: 0, returnsWithoutCall: 1 }, figures: traceFigures(samples), failure: null, saved: true, ...change,
  });
  return { trace, samples };
}

describe('a trace of programs', () => {
  test('is named by what is watched, in a name that can be kept', () => {
    expect(targetWords({ kind: 'processes', pids: [1] })).toBe('process 1');
    expect(targetWords({ kind: 'processes', pids: [1, 2] })).toBe('processes 1, 2');
    expect(traceName({ kind: 'command', command: 'sh', args: ['-c', 'a\nb\u202ec'] })).toBe('sh -c a b c');
    expect(traceName({ kind: 'command', command: 'x'.repeat(500), args: [] })).toHaveLength(80);
    expect(traceName({ kind: 'command', command: '\n', args: [] })).toBe('command');
  });

  test('says how it is taken again, in words of a shell', () => {
    expect(traceCommand({ target: { kind: 'command', command: 'sh', args: ['-c', "echo 'a'"] }, durationSeconds: null, calls: ['read', 'write'], runs: 3 })).toBe(`petri trace --runs 3 --calls read,write -- sh -c 'echo '\\''a'\\'''`);
    expect(traceCommand({ target: { kind: 'container', name: 'web' }, durationSeconds: 2, calls: null, runs: 1 })).toBe('petri trace --duration 2 --container web');
    expect(traceCommand({ target: { kind: 'processes', pids: [1, 2] }, durationSeconds: null, calls: null, runs: 1 })).toBe('petri trace --pid 1,2');
  });

  test('has times in steps of its instrument, where the middle of a bucket has digits that nobody measured', () => {
    const odd = row('write', 4, 10_016);
    const samples = [0, 1].map((index) => sampleOf(index, [{ ...odd, latencyNs: odd.latencyNs && { ...odd.latencyNs, min: 9_000, max: 20_000, p99: 8_992, buckets: [[9_984, 10_048, 4]] } }]));
    expect(samples[0]?.metrics?.calls?.rows[0]?.latencyNs).toMatchObject({ min: 9_000, median: 10_000, p99: 9_000, max: 20_000 });
    const summary = summariseTrace({ seed: 1, overhead: null, provenance }, samples);
    for (const times of [summary?.ranking[0]?.latencyNs, summary?.calls?.rows[0]?.latencyNs]) expect(times && [times.median, times.p95, times.p99].map((value) => value % 1_000)).toEqual([0, 0, 0]);
  });

  test('says how the command ended, and loudly where it failed', () => {
    const samples = [sampleOf(0, [row('write', 1, 8_000)])];
    const text = (exits: ProgramTrace['exits']): string => renderTraceText(traceOf({ exits }, samples), pen);
    const well = { exitCode: 0, signal: null };
    expect(text([])).not.toContain('ended ');
    expect(text([{ index: 0, ...well }])).toContain('  ended       with status 0\n');
    expect(text([{ index: 0, ...well }, { index: 1, ...well }])).toContain('with status 0 in all 2 runs\n');
    expect(text([{ index: 0, exitCode: null, signal: 'SIGSEGV' }])).toContain('by SIGSEGV: the command failed');
    expect(text([{ index: 0, ...well }, { index: 1, exitCode: 3, signal: null }])).toContain('with status 0 in 1 run, with status 3 in 1: the command failed');
  });

  test('is summarised like a guest’s: medians over its runs, and what it costs beside each number', () => {
    const samples = [10, 30, 20].map((count, index) => sampleOf(index, [row('write', count, 8_000)]));
    expect(traceFigures(samples)).toEqual({ samples: 3, systemCalls: 20, durationNs: 2e9 });
    expect(traceFigures([])).toEqual({ samples: 0, systemCalls: null, durationNs: null });
    const overhead = { ratio: 12, low: 10, high: 14, boots: 3, measuredAt: new Date(0).toISOString() };
    const summary = summariseTrace({ seed: 1, overhead, provenance }, samples);
    expect(summary?.metrics).toMatchObject([{ metric: 'systemCalls', overhead: 12, statistics: { median: 20, count: 3 } }]);
    expect(summary?.ranking).toMatchObject([{ name: 'write', count: { median: 20 } }]);
    expect(withOverhead(samples, null)).toEqual(samples);
    expect(summariseTrace({ seed: 1, overhead: null, provenance }, [])).toBeNull();
  });

  test('is incomplete where its lines were cut', () => {
    expect([sampleOf(0, []).outcome, sampleOf(0, [], 'it was cancelled').outcome]).toEqual(['complete', 'incomplete']);
  });

  test('is printed as a ranking with what was used, what it costs, and what was not seen', () => {
    const text = renderTraceText(traceOf({ name: 'dd' }, [sampleOf(0, [row('write', 2, 8_016)], 'its limit of 5 bytes')]), pen);
    expect(text).toMatch(/^dd bs=1 {2}2 system calls in 2\.0+ s/);
    expect(text).toMatch(/1 {2}write +2 +100\.0 % +0 +8,016 +8,016 +8,016 +8,016 +16,032/);
    expect(text).toContain('costs       a hundred times');
    expect(text).toContain('measured    not measured: once');
    expect(text).toContain('by process: dd (7) 2');
    expect(text).toContain('not all was seen in run 0: its limit of 5 bytes');
    expect(text).toContain('1 returned that had begun before');
    expect(text).toContain('again: petri trace -- dd bs=1');
  });

  test('of several runs says what one has, and who made the calls in all of them', () => {
    const runs = [7, 8].map((pid, index) => sampleOf(index, [{ ...row('write', 4, 8_000), process: `dd (${pid})`, errors: 2 }]));
    const text = renderTraceText(traceOf({}, runs), pen);
    expect(text).toMatch(/1 {2}write +4 .* 100\.0 % +2 /);
    expect(text).toContain('by process, in all runs: dd 8');
    expect(renderTraceText(traceOf({}, [sampleOf(0, [row('write', 1, 8_000)])]), pen)).toContain('1 system call in');
  });

  test('shows what a program may have put into its name as text, in the terminal and in a table of a spreadsheet', () => {
    const evil = { ...row('write', 2, 8_000), process: '=cmd\u001b[31m (7)' };
    const whole = traceOf({ target: { kind: 'command', command: '\u001b]0;x', args: [] } }, [sampleOf(0, [evil])]);
    expect(renderTraceText(whole, pen)).not.toContain('\u001b');
    expect(renderTraceCsv(whole)).toContain(",'=cmd");
    expect(renderTraceCsv(whole).split('\r\n')).toHaveLength(3);
  });

  test('is compared call by call, with intervals where there are runs enough, and without times between unlike instruments', () => {
    const a = traceOf({}, [10, 10, 10, 10, 10].map((count, index) => sampleOf(index, [row('write', count, 1_000), row('read', 1, 1_000)])));
    const b = traceOf({ id: 'trace-2' }, [20, 20, 20, 20, 20].map((count, index) => sampleOf(index, [row('write', count, 3_000), row('open', 5, 1_000)])));
    const { calls, total, obstacle } = compareTraces(a, b);
    expect([total.a, total.b, obstacle]).toEqual([11, 25, null]);
    expect(calls.map(({ name, count, latencyNs }) => [name, count.ratio, latencyNs.ratio])).toEqual([['write', 2, expect.closeTo(3, 1)], ['open', null, null], ['read', 0, null]]);
    expect(calls[0]?.count.interval).toEqual({ low: 2, high: 2 });
    const other = traceOf({ provenance: { ...provenance, instrument: 'bpftrace' } }, b.samples);
    expect(compareTraces(a, other).obstacle).toContain('strace and bpftrace');
    expect(compareTraces(a, traceOf({ host: { ...host, id: 'b'.repeat(64) } }, b.samples)).obstacle).toContain('different hosts');
    const text = renderTraceComparison(compareTraces(a, other), pen);
    expect(text).toMatch(/write +10 +20 +2\.00 \[2\.00, 2\.00\]/);
    expect(text).toContain('the times may not be compared');
  });
});
