// GDB's remote serial protocol: https://sourceware.org/gdb/current/onlinedocs/gdb.html/Remote-Protocol.html

/** A command or answer on the line: `$`, the text, `#` and the sum of its bytes in two hexadecimal digits. */
export function encodePacket(text: string): string {
  return `$${text}#${checksum(text)}`;
}

function checksum(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum + text.charCodeAt(at)) & 0xff;
  return sum.toString(16).padStart(2, '0');
}

/** What came over the line: `+` and `-` are about what was sent last, a packet is whole or came with another sum. */
export type Received = { readonly kind: 'taken' } | { readonly kind: 'refused' } | { readonly kind: 'packet'; readonly text: string } | { readonly kind: 'damaged' };

/** QEMU says at most 4,096 bytes at once; a line that never ends must not fill the memory. */
const LONGEST = 65_536;

/** Takes the next part of the line, a character for a byte; answers what is not whole yet. */
export function readPackets(rest: string, chunk: string): { readonly rest: string; readonly received: Received[] } {
  const text = rest + chunk;
  const received: Received[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '$') {
      const end = text.indexOf('#', at);
      if (end === -1 || end + 3 > text.length) break;
      const body = text.slice(at + 1, end);
      const whole = text.slice(end + 1, end + 3).toLowerCase() === checksum(body);
      received.push(whole ? { kind: 'packet', text: plain(body) } : { kind: 'damaged' });
      at = end + 3;
    } else {
      if (sign === '+') received.push({ kind: 'taken' });
      if (sign === '-') received.push({ kind: 'refused' });
      at++;
    }
  }
  return { rest: text.length - at > LONGEST ? '' : text.slice(at), received };
}

/** `}` escapes the next byte (exclusive or with 0x20), `*` repeats the one before as often as the next says, less 29. */
function plain(body: string): string {
  const unescaped = body.replace(/\}([^])/g, (_, escaped: string) => String.fromCharCode(escaped.charCodeAt(0) ^ 0x20));
  return unescaped.replace(/([^])\*([ -~])/g, (_, before: string, count: string) => before.repeat(count.charCodeAt(0) - 28));
}

/** Why the guest stands: a signal of a thread, of which QEMU has one for each virtual CPU, counted from 1; or the end of it. */
export type Stop = { readonly kind: 'stopped'; readonly signal: number; readonly vcpu: number } | { readonly kind: 'gone' };

/** A stop reply, null for any other answer. */
export function readStop(text: string): Stop | null {
  if (/^[WX][0-9a-f]{2}/.test(text)) return { kind: 'gone' };
  const stop = /^[TS]([0-9a-f]{2})/.exec(text);
  if (stop === null) return null;
  const thread = /thread:(?:p[0-9a-f]+\.)?([0-9a-f]+)/.exec(text)?.[1] ?? '1';
  return { kind: 'stopped', signal: parseInt(stop[1] ?? '', 16), vcpu: Math.max(0, parseInt(thread, 16) - 1) };
}

/** Where the program counter stands in the answer to `g`, and how wide it is (QEMU's gdb-xml). */
const programCounters = {
  i386: { register: 8, bytes: 4 },
  x86_64: { register: 16, bytes: 8 },
  arm: { register: 15, bytes: 4 },
  aarch64: { register: 32, bytes: 8 },
} as const;
export type DebuggedArchitecture = keyof typeof programCounters;

export function canDebug(architecture: string): architecture is DebuggedArchitecture {
  return architecture in programCounters;
}

/** The program counter in the answer to `g`, which is least byte first; null when the answer is none. */
export function readProgramCounter(architecture: DebuggedArchitecture, registers: string): bigint | null {
  const { register, bytes } = programCounters[architecture];
  const digits = registers.slice(register * bytes * 2, (register + 1) * bytes * 2);
  if (!/^[0-9a-f]+$/.test(digits) || digits.length !== bytes * 2) return null;
  return BigInt(`0x${(digits.match(/../g) ?? []).reverse().join('')}`);
}
