import type { QemuBuild } from '../../contract/accelerators.ts';
import type { InstrumentName, Provenance } from '../../contract/instruments.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { MachineSpecification, Qmp } from '../guests/machine.ts';

/** Serial bytes and when each of them was sent, in nanoseconds since the spawn of QEMU. */
export interface StampedBytes {
  readonly bytes: Uint8Array;
  readonly stampsNs: ArrayLike<number>;
}

/**
 * Something that stamps what a guest prints. It is armed before QEMU is spawned, gives its samples while the guest
 * boots, and is disarmed after the last phase, so that it costs the guest nothing any more.
 */
export interface Instrument {
  readonly name: InstrumentName;
  readonly title: string;
  /** How it stamps, and the smallest difference between two stamps that means something. */
  readonly provenance: Provenance;
  /**
   * Whether this QEMU can be measured with it, and why not. `traceEvents` is what `-trace help` says of a QEMU that is not on
   * this host, null when no trace of it could be read here.
   */
  probe(qemu: QemuBuild, architecture: Architecture, traceEvents?: string | null): Promise<{ readonly available: boolean; readonly reason: string }>;
  arm(boot: BootToMeasure): Promise<ArmedInstrument>;
}

export interface BootToMeasure {
  readonly architecture: Architecture;
  /** A directory of this boot for the instrument's files and sockets; whoever made it removes it. */
  readonly directory: string;
  /** A file that may grow large, on the disk that holds the data. */
  readonly tracePath: string;
}

export interface ArmedInstrument {
  /** What QEMU has to be told at its start. */
  readonly trace: MachineSpecification['trace'];
  /** Joins the instrument to the serial port of a machine that waits; answers the socket that the console connects to. */
  connect(serialSocket: string, zero: Zero): Promise<string>;
  /**
   * Takes the bytes that the console just read and answers with those whose stamps are known by now, in order. Throws
   * STAMPS_DISAGREE when stamps and bytes do not belong together, CLOCK_STEPPED when the stamps cannot be times.
   */
  samples(bytes: Uint8Array): StampedBytes;
  /** Stops stamping in a guest that goes on. A QEMU that is gone already is no error. */
  disarm(qmp: Qmp): Promise<void>;
  dispose(): Promise<void>;
}

/** The moment of the spawn on both clocks; stamps count from it. */
export interface Zero {
  readonly wallNs: bigint;
  readonly monotonicNs: bigint;
}
