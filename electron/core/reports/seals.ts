import type { Report, ReportSeals } from '../../contract/reports.ts';

/** SHA-256 of a text in lower-case hexadecimal; who calls brings it, because nothing here touches the machine. */
export type DigestOf = (content: string | Uint8Array) => string;

/** The parts of a report that have a digest of their own, so that a changed byte is found where it is. */
export function sealReport(report: Report, digestOf: DigestOf): ReportSeals {
  const { run, summary, samples, evidence: _evidence, ...words } = report;
  const seal = (value: unknown): string => digestOf(JSON.stringify(value));
  return { run: seal(run), summary: seal(summary), words: seal(words), samples: samples.map((sample) => ({ sample: sample.index, digest: seal(sample) })) };
}
