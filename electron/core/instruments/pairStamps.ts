import { DeclaredError } from '../../contract/errors.ts';
import type { StampedBytes } from './instrument.ts';
import type { SentBytes } from './uartTrace.ts';

/** Stamps without bytes yet, bytes without stamps yet: at most one of the two is not empty after pairing. */
export interface Pairing {
  readonly stampsNs: readonly number[];
  readonly values: readonly number[];
  readonly bytes: Uint8Array;
  /** Offset of the first byte that is not paired. */
  readonly offset: number;
  readonly lastNs: number;
}

export const beginPairing: Pairing = { stampsNs: [], values: [], bytes: new Uint8Array(), offset: 0, lastNs: 0 };

/** Between the reading of two clocks; stamps may be this much off without the clock having been set. */
const CLOCK_TOLERANCE_NS = 2e6;

/**
 * Gives the k-th byte that came out of the serial port the stamp of the k-th byte that the guest sent. `nowNs` is the
 * time since spawn by the monotonic clock.
 * Throws STAMPS_DISAGREE when the two have different values, and CLOCK_STEPPED when a stamp is before the spawn, before
 * the stamp before it, or later than now: then the wall clock, which QEMU stamps with, was set.
 */
export function pairStamps(pairing: Pairing, sent: SentBytes, received: Uint8Array, nowNs: number): { pairing: Pairing; stamped: StampedBytes } {
  const stampsNs = [...pairing.stampsNs, ...sent.stampsNs];
  const values = [...pairing.values, ...sent.values];
  const bytes = concatenate(pairing.bytes, received);
  const count = Math.min(stampsNs.length, bytes.length);
  refuseOtherValues(values, bytes, count, pairing.offset);
  refuseSteps(stampsNs, count, pairing.lastNs, nowNs);
  return {
    pairing: {
      stampsNs: stampsNs.slice(count),
      values: values.slice(count),
      bytes: bytes.subarray(count),
      offset: pairing.offset + count,
      lastNs: count === 0 ? pairing.lastNs : (stampsNs[count - 1] ?? 0),
    },
    stamped: { bytes: bytes.subarray(0, count), stampsNs: stampsNs.slice(0, count) },
  };
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function refuseOtherValues(values: readonly number[], bytes: Uint8Array, count: number, offset: number): void {
  for (let at = 0; at < count; at++) {
    if (values[at] === bytes[at]) continue;
    const around = (from: ArrayLike<number>): string => JSON.stringify(String.fromCharCode(...Array.from(from).slice(at, at + 8)));
    throw new DeclaredError('STAMPS_DISAGREE', { byteOffset: offset + at, stamped: around(values), received: around(bytes) });
  }
}

function refuseSteps(stampsNs: readonly number[], count: number, lastNs: number, nowNs: number): void {
  let before = lastNs;
  for (let at = 0; at < count; at++) {
    const stamp = stampsNs[at] ?? 0;
    if (stamp < before - CLOCK_TOLERANCE_NS) throw stepped(stamp - before);
    if (stamp > nowNs + CLOCK_TOLERANCE_NS) throw stepped(stamp - nowNs);
    before = stamp;
  }
}

/** The wall clock moved by so much against the monotonic one. */
export function stepped(stepNs: number): DeclaredError<'CLOCK_STEPPED'> {
  return new DeclaredError('CLOCK_STEPPED', { stepMs: Math.round(stepNs / 1e6) });
}
