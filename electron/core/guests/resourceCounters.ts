/** What a machine, or this host, has taken since it began, at one moment. Null is what nobody tells. */
export interface ResourceCounters {
  /** By the wall clock. */
  readonly atMs: number;
  /** By a clock that nobody sets. */
  readonly steadyMs: number;
  readonly cpuSeconds: number | null;
  /** Now, not a sum. */
  readonly memoryBytes: number | null;
  /** Page faults of the QEMU process on the host, or of all processes. */
  readonly hostFaults: number | null;
  /** Exits of the virtual machine. */
  readonly exits: number | null;
  readonly diskReadBytes: number | null;
  readonly diskWrittenBytes: number | null;
  readonly networkReceivedBytes: number | null;
  readonly networkSentBytes: number | null;
  readonly consoleBytes: number | null;
}
