import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PhaseTable, Sample } from '../../../electron/contract/measurements.ts';
import { beginPhases, finishPhases, matchPhases } from '../../../electron/core/measurements/phases.ts';
import { createMarkKeeper, noWindowMarks, timeMarksText } from '../../../electron/core/measurements/timeMarks.ts';
import type { OpenedEvidence } from '../../../electron/core/reports/checkRow.ts';
import { checkSerial, serialEvidence } from '../../../electron/core/reports/checkSerial.ts';
import { fixtureReport } from '../../support/reportFixture.ts';

const phase = (name: string, pattern: string) => ({ name, title: name, pattern, optional: false, explanation: '' });
const table: PhaseTable = { id: 'three', system: '', source: '', prompt: null, phases: [phase('first', 'one'), phase('second', 'two$'), phase('third', 'three')] };
const printed = new TextEncoder().encode(`say one${' '.repeat(40)}one\nthen two`);
const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A boot that was stopped after its second phase, with what was kept of it. */
function kept() {
  const keeper = createMarkKeeper();
  const stamped = { bytes: printed, stampsNs: Array.from(printed, (_, at) => 1_000 + at * 10) };
  keeper.take(stamped);
  const progress = matchPhases(beginPhases(table), stamped);
  const marks = Buffer.from(timeMarksText({ ...noWindowMarks, spawnNs: null, ...keeper.marks(progress.seen.values()) }));
  const file = (kind: 'serial' | 'marks', content: Uint8Array): OpenedEvidence => ({ kind, sample: 0, position: 0, digest: digestOf(content), keptDigest: digestOf(content), bytes: content.length, kept: content.length, content, why: '' });
  const report = fixtureReport();
  const [first] = report.samples;
  if (first === undefined) throw new Error('the fixture has no sample');
  const { marks: _none, ...rest } = first;
  const sample: Sample = { ...rest, firstByteNs: 1_000, phases: finishPhases(progress, table), serialDigest: digestOf(printed), serialBytes: printed.length, marks: { digest: digestOf(marks), bytes: marks.length } };
  return { report: { ...report, run: { ...report.run, phaseTable: table, subjects: report.run.subjects.map(({ phaseTable: _own, ...subject }) => subject) } }, sample, files: [file('serial', printed), file('marks', marks)] };
}

type Kept = ReturnType<typeof kept>;

function rows(change: (all: Kept) => Partial<Kept> = () => ({}), own: PhaseTable | null = table): Record<string, string> {
  const all = kept();
  const { report, sample, files } = { ...all, ...change(all) };
  const checks = checkSerial(report, sample, serialEvidence(files), { digestOf, decoder: () => null, tableOf: () => own, opened: [] });
  return Object.fromEntries(checks.map(({ what, state }) => [what, state]));
}

describe('phases of an imported report', () => {
  const all = ['serial bytes', 'time marks', 'first byte', 'phase first', 'phase second', 'phase third'];

  it('are found again in the bytes and their marks, those that were missing, too', () => {
    expect(rows()).toEqual(Object.fromEntries(all.map((what) => [what, 'good'])));
  });

  it('whose patterns are not of this Petri are looked at where the report says that they stand', () => {
    const stranger = { ...table, phases: [phase('first', '(a|a|o|n|e)+( +)+$x'), ...table.phases.slice(1)] };
    const states = rows(({ report }) => ({ report: { ...report, run: { ...report.run, phaseTable: stranger } } }));
    expect(states).toMatchObject({ 'phase first': 'good', 'phase second': 'good' });
    expect(states).not.toHaveProperty('phase third');
  });

  it('of a run that is older than the marks have a place and no time that can be checked', () => {
    const older = ({ sample: { marks: _marks, ...sample }, files }: Kept) => ({ sample, files: files.slice(0, 1) });
    expect(rows(older)).toMatchObject({ 'serial bytes': 'good', 'time marks': 'unchecked', 'first byte': 'unchecked', 'phase first': 'unchecked' });
  });

  it.each<[string, string, (all: Kept) => Partial<Kept>]>([
    ['a time that is another', 'phase second', ({ sample }) => ({ sample: { ...sample, phases: sample.phases.map((stamp) => (stamp.name === 'second' && stamp.status === 'seen' ? { ...stamp, atNs: stamp.atNs + 1 } : stamp)) } })],
    ['a later place with the same text', 'phase first', ({ sample }) => ({ sample: { ...sample, phases: sample.phases.map((stamp) => (stamp.name === 'first' && stamp.status === 'seen' ? { ...stamp, byteOffset: 47, atNs: 1_470 } : stamp)) } })],
    ['a phase that is said to be missing', 'phase second', ({ sample }) => ({ sample: { ...sample, phases: sample.phases.map((stamp) => (stamp.name === 'second' ? { name: 'second', status: 'missing' as const, seenLast: '' } : stamp)) } })],
    ['marks that are gone to pieces', 'phase second', ({ files }) => ({ files: files.map((file) => (file.kind === 'marks' ? { ...file, content: new Uint8Array([1, 2, 3]) } : file)) })],
    ['bytes that cannot be read', 'phase second', ({ files }) => ({ files: files.map((file) => (file.kind === 'serial' ? { ...file, content: null, why: 'damaged' } : file)) })],
    ['a first byte at another time', 'first byte', ({ sample }) => ({ sample: { ...sample, firstByteNs: 999 } })],
  ])('with %s fail', (_, what, change) => {
    expect(rows(change)[what]).toBe('failed');
  });
});
