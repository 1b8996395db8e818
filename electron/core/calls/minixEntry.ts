import type { CallEvent } from '../traces/traceEvent.ts';
import { signedRegister } from './registers.ts';

/** What the registers say at an entry of MINIX 3, before the message is looked at. */
export type MinixEntry =
  | { readonly kind: 'kernelCall' }
  | { readonly kind: 'ipc'; readonly operation: number; readonly endpoint: number };

/** machine/ipcconst.h: the vectors of `int`, which also name the kind of call for the other ways. */
const KERNEL_CALL = 32;
const IPC = 33;
const KERNEL_CALL_MAPPED = 34;
const IPC_MAPPED = 35;

/**
 * MINIX 3 on i386: IPC has ECX=operation, EAX=endpoint, EBX=message; a kernel call EAX=message. SYSENTER has the kind in EDI
 * besides; SYSCALL too, and its operation in EDX, because the instruction itself overwrites ECX. On ARM, R0 to R2 are operation,
 * endpoint and message, and R3 is the kind (kernel/arch/i386/mpx.S, kernel/arch/earm/mpx.S).
 */
export function minixEntry(event: CallEvent): MinixEntry | null {
  const { entry } = event;
  if (entry.kind === 'svc') return ofKind(signedRegister(event, 'r3'), signedRegister(event, 'r0'), signedRegister(event, 'r1'));
  const kind = entry.kind === 'int' ? entry.vector : entry.kind === 'callGate' ? null : signedRegister(event, 'edi', 'rdi');
  const operation = entry.kind === 'syscall' ? signedRegister(event, 'edx', 'rdx') : signedRegister(event, 'ecx', 'rcx');
  return ofKind(kind, operation, signedRegister(event, 'eax', 'rax'));
}

function ofKind(kind: number | null, operation: number | null, endpoint: number | null): MinixEntry | null {
  if (kind === KERNEL_CALL || kind === KERNEL_CALL_MAPPED) return { kind: 'kernelCall' };
  if ((kind !== IPC && kind !== IPC_MAPPED) || operation === null || endpoint === null) return null;
  return { kind: 'ipc', operation, endpoint };
}
