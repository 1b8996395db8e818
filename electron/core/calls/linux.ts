import type { CallEvent } from '../traces/traceEvent.ts';
import type { CallNames } from './callNames.ts';
import type { CallDecoder, CallOutcome, DecodedCall, Ending } from './decodedCall.ts';
import { registerOf, signed32 } from './registers.ts';

/** Results from -4095 to -1 are errors, on every architecture (include/linux/err.h: MAX_ERRNO). */
const LARGEST_ERROR = 4095n;
/** A call by the x32 convention has this bit in its number (arch/x86/include/uapi/asm/unistd.h). */
const X32_BIT = 0x4000_0000;
/** A successful execve returns in another address space. */
const endings: Readonly<Record<string, Ending>> = { exit: 'thread', exit_group: 'process', rt_sigreturn: 'handler', sigreturn: 'handler', execve: 'image', execveat: 'image' };

/** One calling convention: which entries are its own, and where the number stands. */
interface Convention {
  readonly names: CallNames;
  readonly bits: 32 | 64;
  numberOf(event: CallEvent): number | null;
}

const lowWord = (value: bigint | null): number | null => (value === null ? null : signed32(value));

/** `int 0x80` and, through the page that the kernel maps, SYSENTER: the number is in EAX. */
function i386(names: CallNames): Convention {
  const isOurs = ({ entry }: CallEvent): boolean => (entry.kind === 'int' && entry.vector === 0x80) || entry.kind === 'sysenter';
  return { names, bits: 32, numberOf: (event) => (isOurs(event) ? lowWord(registerOf(event, 'eax', 'rax')) : null) };
}

/** SYSCALL: the number is in RAX. */
function x8664(names: CallNames): Convention {
  return { names, bits: 64, numberOf: (event) => (event.entry.kind === 'syscall' ? lowWord(registerOf(event, 'rax')) : null) };
}

/** The EABI's `svc 0`: the number is in R7. */
function armEabi(names: CallNames): Convention {
  return { names, bits: 32, numberOf: (event) => (event.entry.kind === 'svc' ? lowWord(registerOf(event, 'r7')) : null) };
}

/** Linux on i386. */
export const linuxI386Decoder = (names: CallNames): CallDecoder => linuxDecoder(names, [i386(names)]);
/** Linux on x86_64; programs of 32 bits run there, too, by the convention of i386. */
export const linuxX8664Decoder = (names: CallNames, compatible: CallNames): CallDecoder => linuxDecoder(names, [x8664(names), i386(compatible)]);
/** Linux on ARM with the EABI. */
export const linuxArmDecoder = (names: CallNames): CallDecoder => linuxDecoder(names, [armEabi(names)]);

function linuxDecoder(names: CallNames, conventions: readonly Convention[]): CallDecoder {
  const bitsOf = new Map(conventions.map((convention) => [convention.names.id, convention.bits]));
  return {
    id: names.id,
    title: names.title,
    verified: names.verified,
    decode(event) {
      for (const convention of conventions) {
        const number = convention.numberOf(event);
        if (number !== null) return systemCall(convention.names, number);
      }
      return null;
    },
    outcome: (call, { result }) => outcome(result, bitsOf.get(call.system) ?? 64),
  };
}

function systemCall(names: CallNames, number: number): DecodedCall {
  const found = names.numbers[String(number & X32_BIT && number > 0 ? number & ~X32_BIT : number)];
  const name = found ?? `system call ${number}`;
  const itself = { number, name, named: found !== undefined, ends: endings[name] ?? null };
  return { system: names.id, verified: names.verified, ...itself, class: 'system call', operation: null, target: null, exchange: null };
}

function outcome(result: bigint, bits: 32 | 64): CallOutcome {
  const value = BigInt.asIntN(bits, result);
  const error = value < 0n && value >= -LARGEST_ERROR;
  return { error, errorNumber: error ? Number(-value) : null };
}
