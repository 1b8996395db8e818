/** A process of a guest as its kernel's table has it. */
export interface MinixProcess {
  readonly number: number;
  readonly endpoint: number;
  readonly name: string;
  /** Why it does not run; 0 when it does. */
  readonly flags: number;
  /** The physical address of its page directory, which CR3 or TTBR0 holds while it runs. */
  readonly space: bigint;
}

/** Where `struct proc` of MINIX 3.4 has its fields, in bytes (kernel/proc.h); the built-in guest follows it. */
const SLOT = { bytes: 560, number: 72, flags: 80, name: 248, nameBytes: 16, endpoint: 264, magic: 532 };
const MAGIC = 0x0c0f_fee1;
/** RTS_SLOT_FREE and, in the built-in guest, SLOT_FREE. */
const FREE = 1;

/** Behind the saved registers, whose number is the only thing that differs. */
const spaceAt = { 'minix-3.4': 56, 'builtin-i386': 60, 'builtin-arm': 68 } as const;
export type ProcessTableLayout = keyof typeof spaceAt;

/**
 * Finds the process table in a guest's physical memory by the magic number in each slot, without symbols. One magic number
 * may stand anywhere, so a slot counts only beside another one.
 */
export function readMinixProcesses(memory: Uint8Array, layout: ProcessTableLayout): MinixProcess[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const isSlot = (at: number): boolean => at >= 0 && at + SLOT.bytes <= view.byteLength && view.getUint32(at + SLOT.magic, true) === MAGIC;
  const slots: number[] = [];
  for (let at = 0; at + SLOT.bytes <= view.byteLength; at += 4) if (isSlot(at) && (isSlot(at + SLOT.bytes) || isSlot(at - SLOT.bytes))) slots.push(at);
  return slots.map((at) => readSlot(view, at, layout)).filter(({ flags, name }) => (flags & FREE) === 0 && name !== '');
}

function readSlot(view: DataView, at: number, layout: ProcessTableLayout): MinixProcess {
  const characters = Array.from({ length: SLOT.nameBytes }, (_, offset) => view.getUint8(at + SLOT.name + offset));
  const end = characters.indexOf(0);
  return {
    number: view.getInt32(at + SLOT.number, true),
    endpoint: view.getInt32(at + SLOT.endpoint, true),
    // A guest may have anything there; what is no printable character is shown as one.
    name: String.fromCharCode(...characters.slice(0, end === -1 ? undefined : end).map((code) => (code >= 0x20 && code < 0x7f ? code : 0x3f))),
    flags: view.getUint32(at + SLOT.flags, true),
    space: BigInt(view.getUint32(at + spaceAt[layout], true)),
  };
}

/** Names processes by their address space, for a table of calls; several that share one (the kernel's tasks) have no name there. */
export function minixProcessNames(processes: readonly MinixProcess[]): (context: { readonly space: bigint }) => string | null {
  const bySpace = Map.groupBy(processes, ({ space }) => space);
  return ({ space }) => {
    const [only, ...others] = bySpace.get(space) ?? [];
    return only === undefined || others.length > 0 ? null : only.name;
  };
}
