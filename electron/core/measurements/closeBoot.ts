import type { Failure } from '../../contract/errors.ts';
import type { PhaseStamp, PhaseTable, Sample } from '../../contract/measurements.ts';
import type { MachineEnd } from '../guests/machine.ts';
import { finishPhases, lastLineOf, missingPhases, type PhaseProgress } from './phases.ts';

/** Why a boot was given up, or that it is over. */
export type BootClosing =
  | { readonly kind: 'over' }
  | { readonly kind: 'late' }
  | { readonly kind: 'outputLimit'; readonly bytes: number; readonly limitBytes: number }
  | { readonly kind: 'qemuEnded'; readonly end: MachineEnd }
  | { readonly kind: 'unstamped'; readonly failure: Failure };

export interface ClosedBoot {
  readonly outcome: Sample['outcome'];
  readonly phases: PhaseStamp[];
  readonly firstByteNs: number | null;
  readonly failure: Failure | null;
}

/**
 * What a boot has given when it ends. An incomplete one keeps the phases that it reached and says why it went no
 * further; one whose stamps cannot be used has failed, and is kept to be looked at.
 */
export function closeBoot(progress: PhaseProgress, table: PhaseTable, closing: BootClosing, limitSeconds: number): ClosedBoot {
  const failure = whyIncomplete(progress, table, closing, limitSeconds);
  return {
    outcome: failure === null ? 'complete' : closing.kind === 'unstamped' ? 'failed' : 'incomplete',
    phases: finishPhases(progress, table),
    firstByteNs: progress.firstByteNs === null ? null : Math.max(0, Math.round(progress.firstByteNs)),
    failure,
  };
}

function whyIncomplete(progress: PhaseProgress, table: PhaseTable, closing: BootClosing, limitSeconds: number): Failure | null {
  const missing = missingPhases(progress, table);
  const lastLine = lastLineOf(progress);
  if (closing.kind === 'unstamped') return closing.failure;
  if (missing.length === 0) return null;
  switch (closing.kind) {
    case 'outputLimit':
      return { code: 'OUTPUT_LIMIT', details: { bytes: closing.bytes, limitBytes: closing.limitBytes } };
    case 'qemuEnded': {
      const { exitCode, signal, stderrTail } = closing.end;
      return { code: 'BOOT_ENDED', details: { missing, lastLine, exitCode, signal, stderrTail } };
    }
    case 'late':
    case 'over':
      if (progress.byteCount === 0) return { code: 'BOOT_SILENT', details: { limitSeconds } };
      return { code: 'BOOT_INCOMPLETE', details: { limitSeconds, missing, lastLine } };
  }
}
