import type { Architecture } from '../../contract/primitives.ts';
import type { CallEvent, Context, FaultEvent, InterruptEvent, SpaceEvent } from '../traces/traceEvent.ts';

/** What QEMU's own log shows of a guest. It has no times: `atNs` is 0 in all of them, and only their number and order mean something. */
export type LoggedEvent = CallEvent | FaultEvent | SpaceEvent | InterruptEvent;

/** An exception whose lines have not all come. */
export interface OpenException {
  readonly vector: number;
  readonly vcpu: number;
  /** x86: made by an instruction, and not by the machine. */
  readonly isInstruction: boolean;
  /** x86: an interrupt of a device. */
  readonly isDevice: boolean;
  readonly fromUser: boolean;
  readonly error: number;
  readonly address: bigint;
  readonly registers: Readonly<Record<string, bigint>>;
  readonly thread: bigint;
}

export interface LogState {
  readonly architecture: Architecture;
  readonly rest: string;
  readonly open: OpenException | null;
  /** The line before announced a device's interrupt. */
  readonly device: boolean;
}

/** A line that belongs to no exception, so that the open one ends. */
export const END_OF_LOG = 'end of the log';

export function isArm(architecture: Architecture): boolean {
  return architecture === 'arm' || architecture === 'aarch64';
}

/** The log counts no instructions and tells no time. */
export function unstamped(vcpu: number): { readonly vcpu: number; readonly atNs: 0; readonly instructions: null } {
  return { vcpu, atNs: 0, instructions: null };
}

export const nowhere: Context = { space: 0n, thread: 0n };
