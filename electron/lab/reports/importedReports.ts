import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import { importedReport, report as reportSchema, type EvidenceKind, type ImportedReport, type Report } from '../../contract/reports.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import { bytesToText, readableText } from '../../core/measurements/serialText.ts';
import { checkReport } from '../../core/reports/checkReport.ts';
import { plainText } from '../../core/reports/plainText.ts';
import type { CoverageTable } from '../../core/statistics/statedCoverage.ts';
import { createTraceDecoder } from '../../core/traces/traceDecoder.ts';
import { traceLine } from '../../core/traces/traceLine.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { openEvidence } from './evidence.ts';

export interface ImportedReports {
  /** Reads, verifies and keeps a report of other people. Throws REPORT_INVALID. */
  add(fileName: string, base64: string): Promise<ImportedReport & { importedBefore: string | null }>;
  list(): (Omit<ImportedReport, 'report' | 'checks'> & { title: string; failed: number })[];
  /** Throws NOT_FOUND. */
  get(id: string): ImportedReport;
  remove(id: string): void;
  /** Throws NOT_FOUND. */
  restore(id: string): ImportedReport;
  /** What was removed last comes first. */
  trash(): TrashedItem[];
  /** Lines of the bytes that came with it. Throws NOT_FOUND. */
  evidence(asked: EvidencePage): { total: number; lines: string[]; digest: string | null };
}

export interface EvidencePage {
  readonly id: string;
  readonly sample: number;
  readonly kind: EvidenceKind;
  readonly offset: number;
  readonly limit: number;
}

/** A JSON text of more is refused before it is read; in base64 it is as much as a line to the lab takes. */
const MOST_BYTES = 47 * 2 ** 20;
/** Eight subjects and a control, each with 1,000 boots and 100 warm-ups: more than any run has. */
const MOST_SAMPLES = 9_900;
/** Deeper nesting than any profile has; a reader that goes down by calling itself must not fall. */
const DEEPEST = 1_000;

export function createImportedReports(dependencies: { readonly database: Database; readonly blobs: Blobs; readonly decoder: (id: string) => CallDecoder | null; readonly tableOf: (id: string) => PhaseTable | null; readonly coverage: CoverageTable }): ImportedReports {
  const { database, blobs, decoder, tableOf, coverage } = dependencies;
  const store = openCollection(database, 'importedReports', importedReport);
  const get = (id: string): ImportedReport => {
    const found = store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'imported report', id });
    return found;
  };
  return {
    get,
    async add(name, base64) {
      const fileName = plainText(basename(name)).slice(0, 255);
      const bytes = Buffer.from(base64, 'base64');
      const report = readReport(fileName, bytes);
      const checks = await checkReport(report, { digestOf, decoder, tableOf, coverage, opened: openEvidence(report.evidence?.files ?? []) });
      const digest = blobs.put(bytes);
      const { evidence: _evidence, ...rest } = report;
      const imported: ImportedReport = { id: `imported-${digest.slice(0, 12)}`, importedAt: new Date().toISOString(), fileName, digest, report: rest, checks };
      const importedBefore = store.get(imported.id)?.importedAt ?? null;
      const kept = importedBefore === null ? imported : { ...imported, importedAt: importedBefore };
      store.put(kept.id, kept);
      return { ...kept, importedBefore };
    },
    list: () => store.all().toReversed().map(({ report, checks, ...rest }) => ({ ...rest, title: report.title, failed: checks.filter(({ state }) => state === 'failed').length })),
    remove(id) {
      if (!store.remove(id)) throw new DeclaredError('NOT_FOUND', { noun: 'imported report', id });
    },
    restore(id) {
      const restored = store.restore(id);
      if (restored === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted imported report', id });
      return restored;
    },
    trash: () => store.trashed().map(({ value: { id, report }, trashedAt }) => ({ id, name: report.title, trashedAt })),
    evidence({ id, sample, kind, offset, limit }) {
      const { digest, fileName } = get(id);
      const { evidence } = readReport(fileName, blobs.read(digest));
      const [file] = openEvidence((evidence?.files ?? []).filter((candidate) => candidate.sample === sample && candidate.kind === kind));
      if (file?.content == null) return { total: 0, lines: [], digest: null };
      const lines = linesOf[kind](file.content);
      return { total: lines.length, lines: lines.slice(offset, offset + limit).map(plainText), digest: file.digest };
    },
  };
}

export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const linesOf: Readonly<Record<EvidenceKind, (content: Uint8Array) => string[]>> = {
  serial: (content) => bytesToText(content).split('\n').map(readableText),
  marks: (content) => bytesToText(content).trimEnd().split('\n'),
  trace: traceLines,
};

/** The lines of a trace in our own form; of any other, which is text, its lines. */
function traceLines(content: Uint8Array): string[] {
  const decoder = createTraceDecoder();
  const events = decoder.take(content);
  return decoder.header() === null ? bytesToText(content).split('\n') : events.map(traceLine);
}

function readReport(fileName: string, bytes: Buffer): Report {
  const refuse = (...issues: string[]): never => {
    throw new DeclaredError('REPORT_INVALID', { fileName, issues: issues.map((issue) => plainText(issue).slice(0, 200)) });
  };
  if (bytes.length > MOST_BYTES) return refuse(`it has ${bytes.length} bytes; at most ${MOST_BYTES} are read`);
  if (nesting(bytes) > DEEPEST) return refuse(`it is nested deeper than ${DEEPEST} levels`);
  const parsed = reportSchema.safeParse(parseJson(bytes, refuse));
  if (!parsed.success) return refuse(...parsed.error.issues.slice(0, 8).map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`));
  if (parsed.data.samples.length > MOST_SAMPLES) return refuse(`it has ${parsed.data.samples.length} samples; at most ${MOST_SAMPLES} are read`);
  return parsed.data;
}

function parseJson(bytes: Buffer, refuse: (issue: string) => never): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    return refuse(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** How deep brackets are nested, those within strings included: a bound that costs one pass. */
function nesting(bytes: Buffer): number {
  let [depth, deepest] = [0, 0];
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}
