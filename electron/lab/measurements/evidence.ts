import { DeclaredError } from '../../contract/errors.ts';
import type { Sample } from '../../contract/measurements.ts';
import type { TraceEvidence } from '../../contract/metrics.ts';
import type { TraceEvent } from '../../core/traces/traceEvent.ts';
import { createEvidenceReader, type EvidencePage } from '../../host/instruments/evidence.ts';
import type { TraceShelf } from '../../host/storage/traceShelf.ts';

export interface Evidence {
  /** Trace lines of a sample; none and no digest where nothing was kept. Throws TRACE_LET_GO, and NOT_FOUND for a trace that is gone for another reason. */
  page(sample: Pick<Sample, 'metrics'>, page: EvidencePage): Promise<{ total: number; lines: string[]; digest: string | null }>;
  /** All events of a sample that has a trace of Petri's own; null for all others. */
  events(sample: Pick<Sample, 'metrics'>, signal?: AbortSignal): AsyncIterable<TraceEvent> | null;
}

export function createEvidence(traces: Pick<TraceShelf, 'path' | 'has' | 'letGo'>): Evidence {
  const reader = createEvidenceReader();
  return {
    async page({ metrics }, page) {
      const kept = keptEvidence(metrics?.evidence ?? []);
      if (kept === null) return { total: 0, lines: [], digest: null };
      const { format, digest } = kept;
      const letGo = traces.letGo(digest);
      if (letGo !== null) throw new DeclaredError('TRACE_LET_GO', { digest, ...letGo });
      if (!traces.has(digest)) throw new DeclaredError('NOT_FOUND', { noun: 'trace', id: digest });
      const read = format === 'petri-trace' ? reader.trace : reader.text;
      return { ...(await read(traces.path(digest), page)), digest };
    },
    events({ metrics }, signal) {
      const kept = keptEvidence(metrics?.evidence ?? []);
      return kept?.format === 'petri-trace' && traces.has(kept.digest) ? reader.events(traces.path(kept.digest), signal) : null;
    },
  };
}

/** The first that was kept: a sample has one event instrument. */
export function keptEvidence(evidence: readonly TraceEvidence[]): { readonly format: TraceEvidence['format']; readonly digest: string } | null {
  for (const { format, digest } of evidence) if (digest !== null) return { format, digest };
  return null;
}
