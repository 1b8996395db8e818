import type { AcceleratorName, QemuBuild } from '../../contract/accelerators.ts';
import type { Failure } from '../../contract/errors.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { Certainty, MetricName, TraceEvidence } from '../../contract/metrics.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { Machine } from '../guests/machine.ts';
import type { TraceEvent, TraceTotals } from '../traces/traceEvent.ts';

/** What an instrument can say of one metric in one kind of guest. */
export interface MetricOutlook {
  readonly metric: MetricName;
  readonly certainty: Certainty;
  /** One phrase for a reader: how it is obtained. */
  readonly technique: string;
  /** The smallest difference that means something, in the metric's unit; null when it is unavailable. */
  readonly resolution: number | null;
  /** Why it is unavailable, or what is not seen; null when there is nothing to say. */
  readonly reason: string | null;
}

/** A guest as far as an instrument has to know it. */
export interface GuestToWatch {
  readonly qemu: QemuBuild;
  readonly architecture: Architecture;
  readonly accelerator: AcceleratorName;
  readonly cpus: number;
  /** Its system as phase tables and decoders name it: `builtin`, `minix-3.4`, `linux`, … */
  readonly system: string;
}

export interface BootToWatch extends GuestToWatch {
  readonly plan: EventPlan;
  /** A directory of this boot for sockets; whoever made it removes it. */
  readonly directory: string;
  /** A file that may grow to `plan.traceLimitBytes`, on the disk that holds the data; whoever made it removes it. */
  readonly tracePath: string;
  /** Symbols to be stamped, with their addresses; `every` for each hit, else the first. */
  readonly symbols: readonly { readonly name: string; readonly address: bigint; readonly every: boolean }[];
  /** Where the code of a kernel that may move itself was linked to begin (core/symbols/movingKernel.ts); absent for one that stays. */
  readonly kernelBegin?: bigint;
  /** The kernel's page fault handler's address, where it is known before the boot. */
  readonly faultHandler: bigint | null;
  /** Only data references from here to there are counted by the memory model; all of them when absent. */
  readonly modelData?: { readonly from: bigint; readonly to: bigint };
}

/**
 * Something that sees events of a guest from outside. It is armed before QEMU is spawned, sees the events of one window,
 * and is disarmed after it, so that it costs the guest as little as it can.
 */
export interface EventInstrument {
  readonly name: InstrumentName;
  readonly title: string;
  /** Whether it can watch such a guest, why not (with the failure, where something failed), and what it can say of each metric. */
  probe(guest: GuestToWatch): Promise<{ readonly available: boolean; readonly reason: string; readonly metrics: readonly MetricOutlook[]; readonly failure?: Failure }>;
  arm(boot: BootToWatch): Promise<ArmedEvents>;
}

export interface ArmedEvents {
  /** More arguments for QEMU. */
  readonly arguments: readonly string[];
  /** Joins the instrument to a machine that waits before its first instruction. */
  connect(machine: Machine): Promise<void>;
  /** From here on events are seen. For a window that begins at the spawn it is called before the guest runs. */
  begin(): Promise<void>;
  /** Instructions that had been carried out by then; null, or not there at all, where nobody counts them. */
  begunAt?(): number | null;
  /** Stops seeing events, in a guest that goes on or is gone. */
  end(): Promise<TraceTotals>;
  /** Everything that was seen, in order; after `end`. It may be read more than once. */
  events(): AsyncIterable<TraceEvent> | Iterable<TraceEvent>;
  /** The file that the events were read from, and what is to be said of it; after `end`, and how many there are after they were read. */
  evidence(): { readonly path: string } & Omit<TraceEvidence, 'digest' | 'bytes'>;
  /** Of a symbol's time, where it is measured in each boot. */
  resolutionNs?(): number;
  dispose(): Promise<void>;
}
