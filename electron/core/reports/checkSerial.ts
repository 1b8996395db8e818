import type { PhaseStamp, PhaseTable, Sample } from '../../contract/measurements.ts';
import type { Report, ReportCheck } from '../../contract/reports.ts';
import { beginPhases, finishPhases, matchPhases } from '../measurements/phases.ts';
import { bytesToText, readableText } from '../measurements/serialText.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';
import { readTimeMarks, stampsBetween, type TimeMarks } from '../measurements/timeMarks.ts';
import { check, firstDifference, verdictOn, type CheckTools, type OpenedEvidence } from './checkRow.ts';

/** What came with the report of one sample's serial port. */
export interface SerialEvidence {
  readonly serial: OpenedEvidence | undefined;
  readonly file: OpenedEvidence | undefined;
  /** Null where no file came, or it cannot be read. */
  readonly marks: TimeMarks | null;
}

export function serialEvidence(files: readonly OpenedEvidence[]): SerialEvidence {
  const file = files.find(({ kind }) => kind === 'marks');
  const marks = file?.content == null || file.kept < file.bytes ? null : readTimeMarks(bytesToText(file.content));
  return { serial: files.find(({ kind }) => kind === 'serial'), file, marks };
}

/** The serial bytes and their time marks against their digests, and each phase computed again from both. */
export function checkSerial({ run }: Report, sample: Sample, evidence: SerialEvidence, tools: CheckTools): ReportCheck[] {
  const { index, serialDigest, serialBytes, phases } = sample;
  const { serial, file, marks } = evidence;
  const phaseTable = tableOfKey(run, sample.subject);
  const bytesRow = checkFile(index, 'serial bytes', serial, serialDigest === null ? null : { digest: serialDigest, bytes: serialBytes }, tools);
  const marksRow = checkFile(index, 'time marks', file, sample.marks ?? null, tools);
  const rows = [bytesRow, marksRow.state === 'good' && marks === null ? check(index, 'time marks', 'failed', 'they are no time marks') : marksRow];
  const replayed = serial?.content == null || marks === null ? null : replay(serial.content, marks, tools.tableOf(phaseTable.id), phaseTable);
  const facts = { sample, evidence, replayed, isDamaged: bytesRow.state === 'failed' };
  return [...rows, ...checkFirstByte(sample, evidence), ...phases.flatMap((stamp) => checkPhase(stamp, facts))];
}

function checkFile(index: number, what: string, file: OpenedEvidence | undefined, claimed: { readonly digest: string; readonly bytes: number } | null, tools: CheckTools): ReportCheck {
  if (file === undefined) return check(index, what, 'unchecked', claimed === null ? 'none were kept' : 'they did not come with the report');
  return file.content === null ? check(index, what, 'failed', file.why) : checkBytes(index, what, file, claimed ?? { digest: null, bytes: 0 }, tools);
}

/** Digest and length of what came, and of the whole where it is all here. */
export function checkBytes(index: number, what: string, file: OpenedEvidence, claimed: { readonly digest: string | null; readonly bytes: number }, { digestOf }: CheckTools): ReportCheck {
  const content = file.content ?? new Uint8Array(0);
  const isWhole = file.kept === file.bytes;
  const holds = content.length === file.kept && digestOf(content) === file.keptDigest && file.digest === claimed.digest && file.bytes === claimed.bytes && (!isWhole || file.keptDigest === file.digest);
  const good = isWhole ? `${file.bytes} bytes with the digest that the sample gives` : `the first ${file.kept} of ${file.bytes} bytes are as they were sent; the digest of all of them cannot be computed`;
  return verdictOn(index, what, holds, good, 'the bytes are not those of which the digest was taken');
}

/** The phases as they are found again, and how many bytes were looked at for that. */
interface Replayed {
  readonly phases: readonly PhaseStamp[];
  readonly bytes: number;
  readonly isWhole: boolean;
}

/**
 * The boot once more, piece by piece as it was. Patterns are run only if this Petri has the same: a pattern of a stranger may take for
 * ever. Null where it has others; then the places are those that the report gives.
 */
function replay(content: Uint8Array, { pieces, bytes: marks }: TimeMarks, own: PhaseTable | null, given: PhaseTable): Replayed | null {
  const looked = ({ phases }: PhaseTable): unknown => phases.map(({ name, pattern, optional }) => ({ name, pattern, optional }));
  if (own === null || firstDifference(looked(own), looked(given), '') !== null) return null;
  let progress = beginPhases(own);
  let begin = 0;
  for (const end of pieces) {
    if (end > content.length) break;
    progress = matchPhases(progress, { bytes: content.subarray(begin, end), stampsNs: stampsBetween(marks, begin, end) });
    begin = end;
  }
  return { phases: finishPhases(progress, own), bytes: begin, isWhole: begin === (pieces.at(-1) ?? 0) };
}

function checkFirstByte({ index, firstByteNs }: Sample, { file, marks }: SerialEvidence): ReportCheck[] {
  if (firstByteNs === null && (marks?.bytes.length ?? 0) === 0) return [];
  if (file === undefined) return [check(index, 'first byte', 'unchecked', 'its time mark is not in the evidence')];
  const again = marks?.bytes[0]?.atNs ?? null;
  return [verdictOn(index, 'first byte', again !== null && again === firstByteNs, `sent at ${again ?? 0} ns, as its time mark says`, `the report says ${written(firstByteNs)}, its time mark ${written(again)}`)];
}

interface PhaseFacts {
  readonly sample: Sample;
  readonly evidence: SerialEvidence;
  readonly replayed: Replayed | null;
  /** The serial bytes are not those that were kept. */
  readonly isDamaged: boolean;
}

function checkPhase(stamp: PhaseStamp, facts: PhaseFacts): ReportCheck[] {
  const row = (state: ReportCheck['state'], says: string): ReportCheck[] => [check(facts.sample.index, `phase ${stamp.name}`, state, says)];
  if (stamp.status === 'unobservable') return [];
  if (stamp.status === 'seen') return row(...onSeen(stamp, facts));
  const { replayed } = facts;
  if (replayed?.isWhole !== true) return [];
  const { symbol: _symbol, ...given } = stamp;
  const difference = firstDifference(given, replayed.phases.find(({ name }) => name === stamp.name), '');
  return difference === null ? row('good', 'looked for again in the bytes: it is not there') : row('failed', `looked for again in the bytes, it differs at ${difference}`);
}

type Verdict = [state: ReportCheck['state'], says: string];

/** Where its text stands, what it is, and when its first byte left the guest. */
function onSeen({ name, byteOffset, text, atNs }: Extract<PhaseStamp, { status: 'seen' }>, { sample, evidence: { serial, file, marks }, replayed, isDamaged }: PhaseFacts): Verdict {
  if (serial === undefined) return ['unchecked', sample.serialDigest === null ? 'no serial bytes were kept' : 'its bytes did not come with the report'];
  const { content } = serial;
  if (content === null) return ['failed', 'its bytes cannot be read'];
  if (byteOffset >= content.length) return isDamaged ? ['failed', 'its bytes are not there'] : serial.kept === serial.bytes ? ['failed', `there is no byte ${byteOffset}`] : ['unchecked', `byte ${byteOffset} is not among those that came`];
  if (!standsAt(content, byteOffset, text)) return ['failed', `at byte ${byteOffset} stands another text`];
  if (file === undefined) return ['unchecked', `its text stands at byte ${byteOffset}; when it left the guest is not in the evidence, and covered by the digest of the sample alone`];
  if (marks === null) return ['failed', 'its time mark cannot be read'];
  const mark = marks.bytes.find(({ offset }) => offset === byteOffset);
  if (mark?.atNs !== atNs) return ['failed', `the report says ${written(atNs)}, its time mark ${written(mark?.atNs ?? null)}`];
  if (replayed === null || byteOffset >= replayed.bytes) return ['good', `its text stands at byte ${byteOffset}, which left the guest at ${atNs} ns; that no such text stands before it was not looked at, because this Petri has no such table of phases`];
  const again = replayed.phases.find((phase) => phase.name === name);
  const { symbol: _symbol, ...found } = again ?? { name, status: 'missing' as const, seenLast: '' };
  const difference = firstDifference({ name, status: 'seen', atNs, byteOffset, text }, found, '');
  return difference === null ? ['good', `found again at byte ${byteOffset}, which left the guest at ${atNs} ns`] : ['failed', `looked for again in the bytes, it differs at ${difference}`];
}

/** The stamp's text ends somewhere in the line, and letters of several bytes are whole in it. */
function standsAt(content: Uint8Array, byteOffset: number, claimed: string): boolean {
  const line = bytesToText(content.subarray(byteOffset, byteOffset + 2_000)).split('\n')[0] ?? '';
  return [line.slice(0, claimed.length), line].some((there) => readableText(there).startsWith(claimed.replace(/…$/, '')));
}

function written(ns: number | null): string {
  return ns === null ? 'nothing' : `${ns} ns`;
}
