import type { PhaseTable } from '../../contract/measurements.ts';
import type { EvidenceKind, ReportCheck } from '../../contract/reports.ts';
import type { CallDecoder } from '../calls/decodedCall.ts';
import type { CoverageTable } from '../statistics/statedCoverage.ts';
import type { DigestOf } from './seals.ts';

/** Evidence of a report, unpacked; `content` is null where that failed, and `why` says how. */
export interface OpenedEvidence {
  readonly kind: EvidenceKind;
  readonly sample: number;
  readonly position: number;
  readonly digest: string;
  readonly keptDigest: string;
  readonly bytes: number;
  readonly kept: number;
  readonly content: Uint8Array | null;
  readonly why: string;
}

export interface CheckTools {
  readonly digestOf: DigestOf;
  readonly decoder: (id: string) => CallDecoder | null;
  /** This Petri's own table of phases; null where it has none of that id. */
  readonly tableOf: (id: string) => PhaseTable | null;
  readonly opened: readonly OpenedEvidence[];
  readonly coverage?: CoverageTable | null;
}

/** How a check is written; `sample` is null for what is of the whole report. */
export function check(sample: number | null, what: string, state: ReportCheck['state'], says: string): ReportCheck {
  return { sample, what, state, says };
}

/** `good` or `failed`, with what to say of either. */
export function verdictOn(sample: number | null, what: string, holds: boolean, good: string, failed: string): ReportCheck {
  return check(sample, what, holds ? 'good' : 'failed', holds ? good : failed);
}

/** Where two values first differ, as a path with both of them; null when they are the same. */
export function firstDifference(one: unknown, other: unknown, path: string): string | null {
  if (Object.is(one, other)) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return `${path === '' ? 'its value' : path}: ${short(one)} and ${short(other)}`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = firstDifference((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
