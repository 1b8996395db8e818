import { z } from 'zod';
import { guestEnd, type MachineRecord } from '../../contract/guests.ts';
import type { MachineEnd } from './machine.ts';

export type GuestEnd = z.infer<typeof guestEnd>;

/** What is known when a machine has ended. */
export interface EndedMachine {
  readonly guest: string;
  readonly at: string;
  readonly argv: MachineRecord['argv'];
  readonly end: MachineEnd;
  /** Whether Petri itself killed it. */
  readonly killed: boolean;
  readonly lastLine: string;
  /** The limit that the kernel ended it for, or null. */
  readonly memoryLimitMiB: number | null;
}

function ended({ guest, argv: [command = '', ...args], end, lastLine, memoryLimitMiB }: EndedMachine): GuestEnd['failure'] {
  const { exitCode, signal, stderrTail } = end;
  return { code: 'GUEST_ENDED', details: { guest, lastLine, failure: { command, args, exitCode, signal, stderrTail, cancelled: false }, ...(memoryLimitMiB !== null && { memoryLimitMiB }) } };
}

/** How a machine's end is told: the guest's own power-off and Petri's kill are no failures, all else is. */
export function describeEnd(machine: EndedMachine): GuestEnd {
  const { at, killed, end } = machine;
  if (killed) return { at, how: 'killed', failure: null };
  if (end.reason === 'guest-shutdown') return { at, how: 'poweredDown', failure: null };
  return { at, how: 'crashed', failure: end.failure ?? ended(machine) };
}

/** The end of a machine that was gone when a new lab looked for it. */
export function describeLoss(machine: Omit<EndedMachine, 'end' | 'killed'> & { readonly stderrTail: string }): GuestEnd {
  const end = { exitCode: null, signal: null, reason: null, stderrTail: machine.stderrTail };
  return { at: machine.at, how: 'lost', failure: ended({ ...machine, end, killed: false }) };
}

/** What is told of an end in the guest's life. */
export function endWords({ failure }: GuestEnd): string {
  if (failure?.code !== 'GUEST_ENDED') return '';
  const { lastLine, memoryLimitMiB } = failure.details;
  return memoryLimitMiB === undefined ? lastLine : `the kernel ended QEMU at its memory limit of ${memoryLimitMiB} MiB; last line: ${lastLine}`;
}
