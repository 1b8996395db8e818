import type { CalibratedInstrument, CalibrationRow } from '../../contract/calibrations.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { BootToWatch } from '../instruments/eventInstrument.ts';
import type { SeenBeside } from '../instruments/seenBeside.ts';
import type { RandomGenerator } from '../statistics/randomGenerator.ts';
import type { FaultKinds, GuestCounts, GuestSectors } from './guestCounts.ts';
import type { SeenBoot } from './seenLoads.ts';

/** The architectures for which there is a built-in guest; a 64-bit PC boots that for i386, and has the instruction `syscall`. */
export const calibratedArchitectures = ['i386', 'x86_64', 'arm'] as const;
export type CalibratedArchitecture = (typeof calibratedArchitectures)[number];

/** One boot of the built-in guest as an experiment wants it. */
export interface BootToCalibrate {
  readonly kernelArguments: string;
  /** Typed at the prompt, one after the other; the window is open meanwhile. Without any the window is open from the spawn on. */
  readonly typed: readonly string[];
  /** How many loads the kernel's command line asks for; the boot is over when all have said what they counted. */
  readonly asked: number;
  /** Null for a boot that is only looked at over its serial port. */
  readonly plan: EventPlan | null;
  /** Names of the kernel's symbols to be stamped; `every` for each hit. */
  readonly symbols: readonly { readonly name: string; readonly every: boolean }[];
  readonly modelData?: BootToWatch['modelData'];
  /** An empty IDE disk of that size, for this boot alone. */
  readonly diskBytes?: number;
  /** Samples of a profile from the first symbol on and before the second are counted apart. */
  readonly profiled?: { readonly from: string; readonly to: string };
}

/** What is known after such a boot. */
export interface CalibratedBoot {
  /** What the guest said of its loads. */
  readonly counts: readonly GuestCounts[];
  /** What it said of the faults of a kind. */
  readonly faultKinds: readonly FaultKinds[];
  /** In sectors, in the order in which they were written and read. */
  readonly sectors: GuestSectors;
  readonly seen: SeenBoot | null;
  /** What was seen of the window beside its events. */
  readonly beside: Pick<SeenBeside, 'disks' | 'loadNs'> | null;
  /** When the line of each phase left the guest, by the phase's name. */
  readonly phasesNs: ReadonlyMap<string, number>;
  /** What went wrong; null when the boot and its instrument came to their end. */
  readonly failure: string | null;
}

/** Something that is known beforehand, the boots that show it to an instrument, and what the instrument made of it. */
export interface Experiment {
  readonly instrument: CalibratedInstrument;
  readonly architecture: CalibratedArchitecture;
  /** For whoever waits: `system calls by each entry`. */
  readonly title: string;
  readonly boots: readonly BootToCalibrate[];
  /** How often its boots are made at most while a row is out; all of them count then. Once when absent: a count does not depend on the host's haste. */
  readonly rounds?: number;
  /** Pure; `boots` are in the order of the experiment's, those of a further round behind those of the first. */
  readonly rows: (boots: readonly CalibratedBoot[]) => CalibrationRow[];
}

export interface ExperimentTools {
  readonly architecture: CalibratedArchitecture;
  readonly random: RandomGenerator;
  /** How many boots an experiment makes that needs several of the same. */
  readonly boots: number;
}

/** A trace of this size has every event of the largest load, many times over. */
const TRACE_LIMIT_BYTES = 256 * 1024 * 1024;

/** A load that is not done by then hangs. */
const LONGEST_LOADS_SECONDS = 60;

/** A boot of which nothing is known but why. */
export function failedBoot(failure: string): CalibratedBoot {
  return { counts: [], faultKinds: [], sectors: { read: 0, written: 0 }, seen: null, beside: null, phasesNs: new Map(), failure };
}

/** The plan of events of a calibrating boot. */
export function eventPlan(instrument: InstrumentName, metrics: readonly MetricName[], change: Partial<EventPlan> = {}): EventPlan {
  return {
    instrument, metrics: [...metrics], window: { from: 'lastPhase', durationSeconds: LONGEST_LOADS_SECONDS }, load: null, logicalTime: false, model: null, profileEvery: null,
    symbolFile: null, traceLimitBytes: TRACE_LIMIT_BYTES, ...change,
  };
}

/** Draws a whole number from `low` to `high`, both included. */
export function draw(random: RandomGenerator, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** The same failure in each row says why there is none. */
export function remarkOf(boot: CalibratedBoot | undefined): { readonly remark?: string } {
  return boot?.failure == null ? {} : { remark: boot.failure };
}

/** How call tables write a way into the kernel that the guest calls `int21`. */
export function entryWords(entry: string): string {
  return entry.startsWith('int') ? `int 0x${entry.slice(3)}` : entry;
}
