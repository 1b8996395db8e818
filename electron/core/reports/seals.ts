import type { Report, ReportSeals } from '../../contract/reports.ts';

/** SHA-256 of a text in lower-case hexadecimal; who calls brings it, because nothing here touches the machine. */
export type DigestOf = (content: string | Uint8Array) => string;

/** The parts of a report that have a digest of their own, so that a changed byte is found where it is. */
export function sealReport(report: Report, digestOf: DigestOf): ReportSeals {
  const { run, summary, samples, evidence: _evidence, ...words } = report;
  const seal = (value: unknown): string => digestOf(JSON.stringify(value, sortedKeys));
  return { run: seal(run), summary: seal(summary), words: seal(words), samples: samples.map((sample) => ({ sample: sample.index, digest: seal(sample) })) };
}

/** A replacer by which the same value has the same text, in whatever order its keys were made. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
