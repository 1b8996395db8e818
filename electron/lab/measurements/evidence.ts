import { DeclaredError } from '../../contract/errors.ts';
import type { Sample } from '../../contract/measurements.ts';
import type { TraceEvidence } from '../../contract/metrics.ts';
import type { TraceEvent } from '../../core/traces/traceEvent.ts';
import { createEvidenceReader, type EvidencePage } from '../../host/instruments/evidence.ts';
import type { Blobs } from '../../host/storage/blobs.ts';

export interface Evidence {
  /** Trace lines of a sample; none and no digest where nothing was kept. Throws NOT_FOUND for a blob that is gone. */
  page(sample: Pick<Sample, 'metrics'>, page: EvidencePage): Promise<{ total: number; lines: string[]; digest: string | null }>;
  /** All events of a sample that has a trace of Petri's own; null for all others. */
  events(sample: Pick<Sample, 'metrics'>, signal?: AbortSignal): AsyncIterable<TraceEvent> | null;
}

export function createEvidence(blobs: Pick<Blobs, 'path' | 'has'>): Evidence {
  const reader = createEvidenceReader();
  return {
    async page({ metrics }, page) {
      const kept = keptEvidence(metrics?.evidence ?? []);
      if (kept === null) return { total: 0, lines: [], digest: null };
      const { format, digest } = kept;
      if (!blobs.has(digest)) throw new DeclaredError('NOT_FOUND', { noun: 'trace', id: digest });
      const read = format === 'petri-trace' ? reader.trace : reader.text;
      return { ...(await read(blobs.path(digest), page)), digest };
    },
    events({ metrics }, signal) {
      const kept = keptEvidence(metrics?.evidence ?? []);
      return kept?.format === 'petri-trace' && blobs.has(kept.digest) ? reader.events(blobs.path(kept.digest), signal) : null;
    },
  };
}

/** The first that was kept: a sample has one event instrument. */
export function keptEvidence(evidence: readonly TraceEvidence[]): { readonly format: TraceEvidence['format']; readonly digest: string } | null {
  for (const { format, digest } of evidence) if (digest !== null) return { format, digest };
  return null;
}
