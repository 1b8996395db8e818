/** What every event of a trace has. */
export interface EventStamp {
  /** The virtual CPU on which it happened. */
  readonly vcpu: number;
  /** Nanoseconds by the host's monotonic clock since the plugin was loaded, which is before the guest's first instruction. */
  readonly atNs: number;
  /** Guest instructions that had been carried out by all virtual CPUs before the event; null where nobody counts them. */
  readonly instructions: number | null;
}

/** The way into the kernel: the interrupt's vector, or the instruction. */
export type CallEntry = { readonly kind: 'int'; readonly vector: number } | { readonly kind: 'sysenter' | 'syscall' | 'svc' | 'callGate' };

/**
 * Registers at the entry, before the kernel has touched them, by the architecture's own names: `eax ebx ecx edx esi edi`, `rax rdi
 * rsi rdx r10 r8`, on ARM `r0 r1 r2 r3 r7 sp` (without `sp` where the instrument cannot see the user's). Values are unsigned.
 */
export type CallRegisters = Readonly<Record<string, bigint>>;

/** Where in the guest something happens: two of them are the same process and thread if both are equal. */
export interface Context {
  /** The address space: CR3 without flags, or TTBR0's address. */
  readonly space: bigint;
  /** The thread's own register, where the architecture has one (FS base, GS base, TPIDRURO), else the user's stack pointer's page, else 0. */
  readonly thread: bigint;
}

export interface CallEvent extends EventStamp {
  readonly kind: 'call';
  readonly entry: CallEntry;
  readonly context: Context;
  readonly registers: CallRegisters;
  /** The first 32 bytes at the address that the entry's convention gives to a message; null when it could not be read or has none. */
  readonly message: Uint8Array | null;
}

export interface ReturnEvent extends EventStamp {
  readonly kind: 'return';
  readonly context: Context;
  /** EAX, RAX or R0 after the return. */
  readonly result: bigint;
  /** As in the call: a reply may stand in the same message. */
  readonly message: Uint8Array | null;
}

export interface FaultEvent extends EventStamp {
  readonly kind: 'fault';
  readonly context: Context;
  readonly address: bigint;
  /** The page was there, and what was done was not allowed. */
  readonly protection: boolean;
  readonly write: boolean;
  readonly user: boolean;
  readonly execute: boolean;
  /** The address of the instruction that faulted, where the instrument sees it. */
  readonly instruction?: bigint;
}

/** The handler of a fault goes back to the instruction that faulted. The stamp is that of its last instruction's end. */
export interface ResumeEvent extends EventStamp {
  readonly kind: 'resume';
  readonly space: bigint;
  /** As in the fault. */
  readonly address: bigint;
  readonly instruction: bigint;
  /** From the handler's first instruction to its last, with whatever ran in between: other programs, when the fault had to wait. */
  readonly latencyNs: number;
  /** Both of them counted; null where nobody counts. */
  readonly latencyInstructions: number | null;
}

/** The kernel was seen to run elsewhere than where it was linked for (Linux's KASLR). Symbols of the trace are found there already. */
export interface MovedEvent extends EventStamp {
  readonly kind: 'moved';
  /** Added to all of its addresses, modulo 2^64. */
  readonly distance: bigint;
}

/** The address space register was loaded. */
export interface SpaceEvent extends EventStamp {
  readonly kind: 'space';
  readonly space: bigint;
}

/** An instruction with a symbol was reached; `hits` counts the times with this one. */
export interface SymbolEvent extends EventStamp {
  readonly kind: 'symbol';
  readonly symbol: string;
  readonly hits: number;
}

export interface InterruptEvent extends EventStamp {
  readonly kind: 'interrupt';
  /** On ARM the place in the vector table: 6 for IRQ, 7 for FIQ; which device it was is known to the interrupt controller alone. */
  readonly vector: number;
}

/** Where the guest was: one in so many instructions. */
export interface ProfileEvent extends EventStamp {
  readonly kind: 'profile';
  readonly context: Context;
  readonly address: bigint;
  /** Return addresses up the stack by frame pointers, innermost first; empty where there are none. */
  readonly callers: readonly bigint[];
}

/** The counters of the memory model, for everything since the trace's begin. */
export interface ModelEvent extends EventStamp {
  readonly kind: 'model';
  readonly counters: ModelCounters;
  /** One is written at the window's begin, after each step of so many instructions, and at the window's end; null where the steps are of the host's time. */
  readonly stepInstructions: number | null;
}

/** References and misses; what is null was not modelled. A store is a reference, too. */
export interface ModelCounters {
  readonly l1Data: { readonly loads: number; readonly loadMisses: number; readonly stores: number; readonly storeMisses: number };
  readonly l1Instruction: { readonly references: number; readonly misses: number };
  readonly lastLevel: { readonly references: number; readonly misses: number };
  readonly dataTlb: { readonly loads: number; readonly loadMisses: number; readonly stores: number; readonly storeMisses: number };
  readonly instructionTlb: { readonly references: number; readonly misses: number };
  /** What missed in the two above; its own misses are walks of the guest's page tables. Absent where no second level was modelled. */
  readonly secondTlb?: { readonly references: number; readonly misses: number };
  /** Distinct pages of 4 KiB that were touched since the event before. */
  readonly workingSetPages: number;
  /** By distance to the access before of the same instruction, in bytes: how many were 0, 1 to 8, 9 to 63 (within a line), 64 to 4096, more. */
  readonly strides: { readonly same: number; readonly word: number; readonly line: number; readonly page: number; readonly far: number };
}

/** The trace was cut: what came after was not written. `limitBytes` is the cap, or how much the disk took. */
export interface CutEvent extends EventStamp {
  readonly kind: 'cut';
  readonly limitBytes: number;
  /** The host's error number where the disk took no more; absent for the cap. */
  readonly errno?: number;
}

export type TraceEvent =
  | CallEvent | ReturnEvent | FaultEvent | ResumeEvent | MovedEvent | SpaceEvent | SymbolEvent | InterruptEvent | ProfileEvent | ModelEvent | CutEvent;

/** Events of one kind that were only counted, for everything since the trace's begin; written at its end and on request. */
export interface TraceTotals {
  readonly instructions: number | null;
  readonly calls: number;
  readonly faults: number;
  readonly spaceLoads: number;
  readonly interrupts: number;
  /** Events that were seen and not written, because of the cap. */
  readonly dropped: number;
}
