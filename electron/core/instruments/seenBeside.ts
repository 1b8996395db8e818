/** What a machine's disks were asked for since its start, all of them together. */
export interface DiskCounts {
  readonly operations: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What went through a guest's network card in a window: whole frames of Ethernet, without their checksum. */
export interface NetworkCounts {
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** What is seen of a window beside its events. */
export interface SeenBeside {
  /** At its begin and its end; null when QEMU did not answer. */
  readonly disks: { readonly before: DiskCounts; readonly after: DiskCounts } | null;
  /** From the typed line to the prompt after it; null without a load, or when the prompt did not come back. */
  readonly loadNs: number | null;
  /** How much the load did; null when nobody knows. */
  readonly work: { readonly unit: string; readonly amount: number } | null;
  /** Whether the window began at the spawn, whose disks are counted until the host stops the guest. */
  readonly fromSpawn?: boolean;
  /** Null when it was not asked for, or cannot be told. */
  readonly network?: NetworkCounts | null;
}
