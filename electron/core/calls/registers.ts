import type { CallEvent } from '../traces/traceEvent.ts';

/** The first of some registers that the event has, as it is; a guest of 32 bits under an emulator of 64 has `rax` for `eax`. */
export function registerOf({ registers }: CallEvent, ...names: readonly string[]): bigint | null {
  for (const name of names) {
    const value = registers[name];
    if (value !== undefined) return value;
  }
  return null;
}

/** The low 32 bits as a signed number. */
export function signed32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** The low 32 bits of a register as a signed number, or null. */
export function signedRegister(event: CallEvent, ...names: readonly string[]): number | null {
  const value = registerOf(event, ...names);
  return value === null ? null : signed32(value);
}

/** A signed word of 32 bits of a message, little-endian; null when the message is not there or too short. */
export function messageWord(message: Uint8Array | null, at: number): number | null {
  if (message === null || message.length < at + 4) return null;
  return new DataView(message.buffer, message.byteOffset, message.byteLength).getInt32(at, true);
}

/** The low 16 bits as a signed number. */
export function signed16(value: number): number {
  return (value << 16) >> 16;
}
