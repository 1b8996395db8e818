import { DeclaredError } from '../../contract/errors.ts';
import type { EvidenceKind, Sample } from '../../contract/measurements.ts';
import type { TraceEvidence } from '../../contract/metrics.ts';
import { readableText } from '../../core/measurements/serialText.ts';
import type { TraceEvent } from '../../core/traces/traceEvent.ts';
import { createEvidenceReader, type EvidencePage } from '../../host/instruments/evidence.ts';
import type { TraceShelf } from '../../host/storage/traceShelf.ts';

type EvidentSample = Pick<Sample, 'metrics' | 'serialDigest' | 'marks'>;

export interface Evidence {
  /** Lines behind a sample; none and no digest where nothing of the kind was kept. Throws TRACE_LET_GO, and NOT_FOUND for what is gone for another reason. */
  page(sample: EvidentSample, page: EvidencePage, kind?: EvidenceKind): Promise<{ total: number; lines: string[]; digest: string | null }>;
  /** All events of a sample that has a trace of Petri's own; null for all others. */
  events(sample: Pick<Sample, 'metrics'>, signal?: AbortSignal): AsyncIterable<TraceEvent> | null;
}

/** `traces` are among the blobs, where serial bytes and time marks are, too. */
export function createEvidence(traces: Pick<TraceShelf, 'path' | 'has' | 'letGo'>): Evidence {
  const reader = createEvidenceReader();
  return {
    async page(sample, page, kind = 'trace') {
      const kept = keptOf[kind](sample);
      if (kept === null) return { total: 0, lines: [], digest: null };
      const { format, digest } = kept;
      const letGo = traces.letGo(digest);
      if (letGo !== null) throw new DeclaredError('TRACE_LET_GO', { digest, ...letGo });
      if (!traces.has(digest)) throw new DeclaredError('NOT_FOUND', { noun: kind === 'trace' ? 'trace' : `evidence (${kind})`, id: digest });
      const read = format === 'petri-trace' ? reader.trace : reader.text;
      const found = await read(traces.path(digest), page);
      return { ...found, lines: kind === 'serial' ? found.lines.map(readableText) : found.lines, digest };
    },
    events({ metrics }, signal) {
      const kept = keptEvidence(metrics?.evidence ?? []);
      return kept?.format === 'petri-trace' && traces.has(kept.digest) ? reader.events(traces.path(kept.digest), signal) : null;
    },
  };
}

const keptOf: Readonly<Record<EvidenceKind, (sample: EvidentSample) => { readonly format: TraceEvidence['format'] | 'text'; readonly digest: string } | null>> = {
  serial: ({ serialDigest }) => serialDigest === null ? null : { format: 'text', digest: serialDigest },
  marks: ({ marks }) => marks === undefined ? null : { format: 'text', digest: marks.digest },
  trace: ({ metrics }) => keptEvidence(metrics?.evidence ?? []),
};

/** The first that was kept: a sample has one event instrument. */
export function keptEvidence(evidence: readonly TraceEvidence[]): { readonly format: TraceEvidence['format']; readonly digest: string } | null {
  for (const { format, digest } of evidence) if (digest !== null) return { format, digest };
  return null;
}
