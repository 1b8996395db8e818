// The format of the plugin's traces; resources/plugin/records.h is the other side of it.

/**
 * Version 2 has the records of a fault's end and of a kernel that moved itself. In version 3 the memory model is written in steps of
 * instructions, and says how many; before that the steps were of the host's time. All else is as in version 1.
 */
export const TRACE_VERSIONS: readonly number[] = [1, 2, 3];
export const MAGIC = 'PETRITRC';
/** Every record begins with kind, virtual CPU, its own length, a detail, the time and the instructions. */
export const STAMP_BYTES = 24;
export const HEADER_BYTES = 64;
/** No record is longer, so a longer one is damage. */
export const LONGEST_RECORD = 512;
export const NOT_COUNTED = 0xffff_ffff_ffff_ffffn;

export const recordKind = {
  call: 1, return: 2, fault: 3, space: 4, symbol: 5, interrupt: 6, profile: 7, model: 8, cut: 9, window: 10, totals: 11, name: 12,
  resume: 13, moved: 14,
} as const;

export const entryNames = ['int', 'sysenter', 'syscall', 'svc', 'callGate'] as const;
export const callFlag = { wide: 0x1_0000, message: 0x2_0000, noStack: 0x4_0000 } as const;
export const faultFlag = { protection: 1, write: 2, user: 4, execute: 8 } as const;

export const registerNames = {
  narrow: ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi'],
  wide: ['rax', 'rdi', 'rsi', 'rdx', 'r10', 'r8'],
  arm: ['r0', 'r1', 'r2', 'r3', 'r7', 'sp'],
} as const;

const architectures = ['i386', 'x86_64', 'arm', 'other'] as const;
export type TracedArchitecture = (typeof architectures)[number];

/** What a trace says of itself. */
export interface TraceHeader {
  readonly version: number;
  readonly architecture: TracedArchitecture;
  /** The level of QEMU's plugin interface for which the plugin was built. */
  readonly level: number;
  readonly vcpus: number;
  /** When the plugin was loaded: since 1970, and by the host's monotonic clock, from which all stamps count. */
  readonly wallNs: bigint;
  readonly monotonicNs: bigint;
  readonly limitBytes: number;
}

/** Why bytes are no trace, or the header. */
export function readHeader(bytes: Uint8Array): TraceHeader | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, MAGIC.length)) !== MAGIC) return 'it does not begin as a trace does';
  const version = view.getUint16(8, true);
  if (!TRACE_VERSIONS.includes(version)) return `it is of version ${version}, and this Petri reads the versions ${TRACE_VERSIONS.slice(0, -1).join(', ')} and ${TRACE_VERSIONS.at(-1) ?? ''}`;
  const architecture = architectures[view.getUint16(12, true) - 1];
  if (view.getUint16(10, true) !== HEADER_BYTES || architecture === undefined) return 'its header is damaged';
  return {
    version,
    architecture,
    level: view.getUint16(14, true),
    vcpus: view.getUint16(18, true),
    wallNs: view.getBigUint64(24, true),
    monotonicNs: view.getBigUint64(32, true),
    limitBytes: Number(view.getBigUint64(40, true)),
  };
}
