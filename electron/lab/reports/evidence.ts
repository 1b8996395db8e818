import type { EvidenceBytes, Report, ReportEvidence } from '../../contract/reports.ts';
import type { OpenedEvidence } from '../../core/reports/checkRow.ts';
import { sealReport, type DigestOf } from '../../core/reports/seals.ts';
import { packBytes, unpackBytes } from '../../host/documents/packedBytes.ts';
import type { Blobs } from '../../host/storage/blobs.ts';

const MEBIBYTE = 2 ** 20;
/** A larger file comes with its head only. */
const WHOLE_FILE_BYTES = 16 * MEBIBYTE;
/** All files of a report together; those after it come with their heads only. */
const WHOLE_REPORT_BYTES = 48 * MEBIBYTE;
const HEAD_BYTES = MEBIBYTE / 4;
/** What is read of an imported report, whatever it claims. */
const MOST_UNPACKED_BYTES = 96 * MEBIBYTE;

type Reader = Pick<Blobs, 'read' | 'has' | 'size'>;

/** What is behind a report's numbers, from what the lab has kept; what is too large comes with its head and the digest of all. */
export function collectEvidence(report: Report, blobs: Reader, digestOf: DigestOf): ReportEvidence {
  let room = WHOLE_REPORT_BYTES;
  const files = report.samples.flatMap(({ index, serialDigest, marks, metrics }) => [
    { kind: 'serial' as const, sample: index, position: 0, digest: serialDigest },
    { kind: 'marks' as const, sample: index, position: 0, digest: marks?.digest ?? null },
    ...(metrics?.evidence ?? []).map(({ digest }, position) => ({ kind: 'trace' as const, sample: index, position, digest })),
  ]);
  const packed = files.flatMap(({ digest, ...place }): EvidenceBytes[] => {
    if (digest === null || !blobs.has(digest)) return [];
    const bytes = blobs.size(digest);
    const isWhole = bytes <= Math.min(WHOLE_FILE_BYTES, room);
    const content = blobs.read(digest, 0, isWhole ? bytes : HEAD_BYTES);
    room -= isWhole ? bytes : 0;
    return [{ ...place, digest, bytes, kept: content.length, keptDigest: digestOf(content), gzip: packBytes(content) }];
  });
  return { seals: sealReport(report, digestOf), files: packed };
}

/** The files of an imported report. Together they unpack to no more than a limit. */
export function openEvidence(files: readonly EvidenceBytes[]): OpenedEvidence[] {
  let room = MOST_UNPACKED_BYTES;
  return files.map(({ gzip, ...file }) => {
    const content = file.kept > room ? 'all evidence together is too large to be read' : unpackBytes(gzip, file.kept);
    if (typeof content === 'string') return { ...file, content: null, why: content };
    room -= content.length;
    return { ...file, content, why: '' };
  });
}
