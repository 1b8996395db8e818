import { constants } from 'node:os';
import type { CallEntry, CallEvent, ReturnEvent } from '../../../core/traces/traceEvent.ts';

/** Reads strace's lines (`-f -ttt -T -n -Y`), in order, as events. */
export interface StraceReader {
  take(line: string): (CallEvent | ReturnEvent)[];
  nameOf(pid: bigint): string | null;
}

/** How the machine's programs enter the kernel, as decoders of Linux read it. */
export interface HostConvention {
  readonly entry: CallEntry;
  readonly register: string;
  /** For programs of 32 bits on a kernel of 64. */
  readonly compatible: { readonly entry: CallEntry; readonly register: string } | null;
}

/** `30363<cat> 1795338622.715163 [ 110] rest`; the name is there since strace 5.16. */
const begin = /^(\d+)(?:<(.*?)>)? +(\d+)\.(\d{6}) (.*)$/;
const numbered = /^\[ *(\d+)\] (.*)$/;
const unfinished = / <unfinished \.\.\.>$/;
const resumed = /^<\.\.\. \w+ resumed>/;
const bitMode = /^\[ Process PID=(\d+) runs in (\d+) bit mode\. \]$/;
/** The end of a call: `= 3`, `= -1 ENOENT (No such …) <0.000174>`, `= 30364<cat> <…>`, `= ? ERESTARTSYS (…) <…>`. */
const end = /\) += (\?|-?\d+|0x[0-9a-f]+)(?:<[^>]*>)?(?: ([A-Z][A-Z0-9]+))?.*? <(\d+)\.(\d{6})>$/;

/** include/linux/errno.h: codes that the kernel keeps to itself and strace shows. */
const kernelErrors: Readonly<Record<string, number>> = { ERESTARTSYS: 512, ERESTARTNOINTR: 513, ERESTARTNOHAND: 514, ERESTART_RESTARTBLOCK: 516 };
const errorNumbers: Readonly<Record<string, number>> = { ...constants.errno, ...kernelErrors };

export function createStraceReader(convention: HostConvention): StraceReader {
  const open = new Map<bigint, CallEvent>();
  const names = new Map<bigint, string>();
  const narrow = new Set<bigint>();
  let zeroNs: bigint | null = null;

  const callOf = (pid: bigint, number: string, atNs: number): CallEvent => {
    const { entry, register } = narrow.has(pid) && convention.compatible !== null ? convention.compatible : convention;
    return { kind: 'call', vcpu: 0, atNs, instructions: null, context: { space: pid, thread: pid }, entry, registers: { [register]: BigInt(number) }, message: null };
  };

  return {
    nameOf: (pid) => names.get(pid) ?? null,
    take(line) {
      const [, digits, name, seconds, micros, rest] = begin.exec(line) ?? [];
      if (digits === undefined || seconds === undefined || micros === undefined || rest === undefined) return [];
      const pid = BigInt(digits);
      if (name !== undefined) names.set(pid, name);
      const now = BigInt(seconds) * 1_000_000_000n + BigInt(micros) * 1_000n;
      zeroNs ??= now;
      const mode = bitMode.exec(rest.replace(/^\[ *\d+\] /, ''));
      if (mode !== null) {
        if (mode[2] === '32') narrow.add(BigInt(mode[1] ?? 0));
        else narrow.delete(BigInt(mode[1] ?? 0));
        return [];
      }
      const [, number, words] = numbered.exec(rest) ?? [];
      if (number === undefined || words === undefined || /^(\+\+\+|---)/.test(words)) return [];
      const call = resumed.test(words) ? open.get(pid) : callOf(pid, number, Number(now - zeroNs));
      if (call === undefined) return [];
      const begun = resumed.test(words) ? [] : [call];
      if (unfinished.test(words)) {
        open.set(pid, call);
        return begun;
      }
      open.delete(pid);
      const back = returnOf(call, words);
      return back === null ? begun : [...begun, back];
    },
  };
}

/** The end of a signal's handler: what strace prints as its result is that of the call that the signal interrupted. */
const handlerEnd = /^(<\.\.\. )?(rt_)?sigreturn\b/;

/** Null for a call that does not return, or of which strace let go. */
function returnOf(call: CallEvent, words: string): ReturnEvent | null {
  if (handlerEnd.test(words)) return null;
  const [, value, error, seconds, micros] = end.exec(words) ?? [];
  if (value === undefined) return null;
  const errorNumber = error === undefined ? undefined : errorNumbers[error];
  if (value === '?' && errorNumber === undefined) return null;
  const result = errorNumber !== undefined && (value === '-1' || value === '?') ? BigInt(-errorNumber) : BigInt(value);
  const lastedNs = Number(seconds) * 1_000_000_000 + Number(micros) * 1_000;
  return { kind: 'return', vcpu: 0, atNs: call.atNs + lastedNs, instructions: null, context: call.context, result: BigInt.asUintN(64, result), message: null };
}
