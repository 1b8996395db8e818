import type { InstrumentName, Provenance } from '../../contract/instruments.ts';
import type { TraceEvidence } from '../../contract/metrics.ts';
import type { TraceEvent } from '../traces/traceEvent.ts';

/** What is watched on this host: a program that is started for it, or processes that run; their children are watched, too. */
export type TraceTarget =
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[]; readonly directory?: string }
  | { readonly kind: 'processes'; readonly pids: readonly number[] };

export interface TraceRequest {
  readonly target: TraceTarget;
  /** Only these calls, by name; all when absent. */
  readonly calls?: readonly string[];
  /** A file that may grow to the limit; whoever asks removes it. */
  readonly tracePath: string;
  readonly limitBytes: number;
  /** A program that is started for it has this in its environment, so that it is found again when the lab died. */
  readonly mark: string;
  /** Hears the size of the trace while it grows. */
  readonly grew?: ((bytes: number) => void) | undefined;
}

/** Something that sees the system calls of processes on this host, as events like those of a guest. */
export interface ProcessTracer {
  readonly name: Extract<InstrumentName, 'strace' | 'bpftrace'>;
  readonly title: string;
  readonly provenance: Provenance;
  /** What it costs those who are watched, in words. */
  readonly overhead: string;
  /** Why it cannot watch this, or null. */
  refuses(request: Pick<TraceRequest, 'target' | 'calls'>): string | null;
  /** Whether it works here, and why not. */
  probe(): Promise<{ readonly available: boolean; readonly reason: string }>;
  /** Throws TRACED_PROCESS_GONE, TRACE_NOT_PERMITTED, TRACED_PROGRAM_MISSING or INSTRUMENT_UNAVAILABLE; then nothing runs. */
  start(request: TraceRequest): Promise<RunningTrace>;
}

export interface RunningTrace {
  /** Settles when everything that was watched has ended, or after `stop`. */
  readonly ended: Promise<EndedTrace>;
  /** Lets go of processes that run; a program that was started for the trace is ended. */
  stop(): Promise<EndedTrace>;
}

export interface EndedTrace {
  /** The decoder for the events. */
  readonly decoder: string;
  /** How a command ended; null where Petri ended it, and for what ran already. */
  readonly exit: { readonly exitCode: number | null; readonly signal: string | null } | null;
  /** In the order of the trace; may be read more than once. Times count from the first event. */
  events(): AsyncIterable<TraceEvent>;
  /** The name of each process in the events, by `context.space`; known after the events were read. */
  processName(context: { readonly space: bigint }): string | null;
  readonly evidence: { readonly path: string } & Pick<TraceEvidence, 'format' | 'cut'>;
}
