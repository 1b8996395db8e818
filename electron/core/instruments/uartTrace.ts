/** The UART whose writes QEMU traces: a 16550A on PC boards, a PL011 on ARM's `virt`. */
export type Uart = 'serial' | 'pl011';

export const traceEvent: Record<Uart, string> = { serial: 'serial_write', pl011: 'pl011_write' };

/** A byte that the guest gave to the UART: `stampsNs[i]` (since zero) belongs to `values[i]`. */
export interface SentBytes {
  readonly stampsNs: number[];
  readonly values: number[];
}

/** What is known of the UART's registers and of an unfinished line of the trace. */
export interface TraceState {
  readonly uart: Uart;
  readonly rest: string;
  /** The next write to the data register sets the speed (16550A: divisor latch access bit). */
  readonly divisorLatch: boolean;
  /** What is sent comes back and does not leave the machine. */
  readonly loopback: boolean;
  /** ISO times are parsed once a second. */
  readonly second: { readonly text: string; readonly unix: number };
}

export function beginTrace(uart: Uart): TraceState {
  return { uart, rest: '', divisorLatch: false, loopback: false, second: { text: '', unix: 0 } };
}

/**
 * One line of QEMU's log trace with `-msg timestamp=on`. QEMU 7.2 to 10 write
 * `1234@1795314573.019580:serial_write write addr 0x00 val 0x50` and `…:pl011_write addr 0x00000000 value 0x00000050`,
 * QEMU 11 `2026-11-22T00:35:24.048327Z serial_write [0x01] <- 0x02`.
 */
const traceLine =
  /^(?:\d+@(\d+)\.(\d{6}):|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z (?:\[\d+\] )?)(serial|pl011)_write(?: write)?(?: addr)? \[?0x([0-9a-f]+)\]?(?: val(?:ue)?| <-) 0x([0-9a-f]+)/i;

/** Takes the next part of the trace file; `zeroNs` is the wall clock at the spawn in nanoseconds since the Unix epoch. */
export function readTrace(state: TraceState, chunk: string, zeroNs: bigint): { state: TraceState; sent: SentBytes } {
  const lines = (state.rest + chunk).split('\n');
  const rest = lines.pop() ?? '';
  const sent: SentBytes = { stampsNs: [], values: [] };
  let next: TraceState = { ...state, rest };
  for (const line of lines) next = readLine(next, line, zeroNs, sent);
  return { state: next, sent };
}

function readLine(state: TraceState, line: string, zeroNs: bigint, sent: SentBytes): TraceState {
  const match = traceLine.exec(line);
  if (match === null || match[5] !== state.uart) return state;
  const [, seconds, micros, iso, isoMicros, , address = '', value = ''] = match;
  const second = iso === undefined || iso === state.second.text ? state.second : { text: iso, unix: Date.parse(`${iso}Z`) / 1_000 };
  const next = writeRegister({ ...state, second }, parseInt(address, 16), parseInt(value, 16));
  if (next === 'transmits') {
    const unix = iso === undefined ? Number(seconds) : second.unix;
    sent.stampsNs.push(sinceZero(unix, Number(micros ?? isoMicros), zeroNs));
    sent.values.push(parseInt(value, 16) & 0xff);
    return { ...state, second };
  }
  return next;
}

function sinceZero(unixSeconds: number, micros: number, zeroNs: bigint): number {
  return (unixSeconds - Number(zeroNs / 1_000_000_000n)) * 1e9 + (micros * 1_000 - Number(zeroNs % 1_000_000_000n));
}

/** What a write to a register does: it sends a byte, or it changes what later writes mean. */
function writeRegister(state: TraceState, address: number, value: number): TraceState | 'transmits' {
  return state.uart === 'serial' ? write16550(state, address, value) : writePl011(state, address, value);
}

/** 16550A (National Semiconductor PC16550D, 8.0): data or divisor at 0, LCR at 3 with DLAB in bit 7, MCR at 4 with loop in bit 4. */
function write16550(state: TraceState, address: number, value: number): TraceState | 'transmits' {
  if (address === 0) return state.divisorLatch || state.loopback ? state : 'transmits';
  if (address === 3) return { ...state, divisorLatch: (value & 0x80) !== 0 };
  if (address === 4) return { ...state, loopback: (value & 0x10) !== 0 };
  return state;
}

/** PL011 (Arm DDI 0183, 3.3): data at 0x00; control at 0x30 with loopback enable in bit 7. */
function writePl011(state: TraceState, address: number, value: number): TraceState | 'transmits' {
  if (address === 0) return state.loopback ? state : 'transmits';
  if (address === 0x30) return { ...state, loopback: (value & 0x80) !== 0 };
  return state;
}
