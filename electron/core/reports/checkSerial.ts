import type { PhaseStamp, Sample } from '../../contract/measurements.ts';
import type { ReportCheck } from '../../contract/reports.ts';
import { bytesToText, readableText } from '../measurements/serialText.ts';
import { check, verdictOn, type CheckTools, type OpenedEvidence } from './checkRow.ts';

/** The serial bytes against their digest, and each phase's text against the bytes at its place. */
export function checkSerial(sample: Sample, file: OpenedEvidence | undefined, tools: CheckTools): ReportCheck[] {
  const { index, serialDigest, serialBytes, phases } = sample;
  if (file === undefined) return [check(index, 'serial bytes', 'unchecked', serialDigest === null ? 'none were kept' : 'they did not come with the report')];
  const seen = phases.filter((stamp) => stamp.status === 'seen');
  if (file.content === null) return [check(index, 'serial bytes', 'failed', file.why), ...seen.map(({ name }) => check(index, `phase ${name}`, 'failed', 'its bytes cannot be read'))];
  const text = bytesToText(file.content);
  return [checkBytes(index, 'serial bytes', file, { digest: serialDigest, bytes: serialBytes }, tools), ...seen.map((stamp) => checkPhase(index, stamp, text, file.content?.length ?? 0))];
}

/** Digest and length of what came, and of the whole where it is all here. */
export function checkBytes(index: number, what: string, file: OpenedEvidence, claimed: { readonly digest: string | null; readonly bytes: number }, { digestOf }: CheckTools): ReportCheck {
  const content = file.content ?? new Uint8Array(0);
  const isWhole = file.kept === file.bytes;
  const holds = content.length === file.kept && digestOf(content) === file.keptDigest && file.digest === claimed.digest && file.bytes === claimed.bytes && (!isWhole || file.keptDigest === file.digest);
  const good = isWhole ? `${file.bytes} bytes with the digest that the sample gives` : `the first ${file.kept} of ${file.bytes} bytes are as they were sent; the digest of all of them cannot be computed`;
  return verdictOn(index, what, holds, good, 'the bytes are not those of which the digest was taken');
}

/** Where the text stands can be checked; when it left the guest is not in the bytes. */
function checkPhase(index: number, { name, byteOffset, text: claimed }: Extract<PhaseStamp, { status: 'seen' }>, text: string, length: number): ReportCheck {
  const what = `phase ${name}`;
  if (byteOffset >= length) return check(index, what, 'unchecked', `byte ${byteOffset} is not among those that came`);
  const line = text.slice(byteOffset, byteOffset + 2_000).split('\n')[0] ?? '';
  // The stamp's text ends somewhere in the line, and letters of several bytes are whole in it.
  const holds = [line.slice(0, claimed.length), line].some((there) => readableText(there).startsWith(claimed.replace(/…$/, '')));
  return verdictOn(index, what, holds, `its text stands at byte ${byteOffset}; its time is not in the bytes, and is covered by the digest of the sample`, `at byte ${byteOffset} stands another text`);
}
