import { closeSync, openSync, readSync } from 'node:fs';
import type { Architecture } from '../../contract/primitives.ts';
import type { ArmedInstrument, Instrument, Zero } from '../../core/instruments/instrument.ts';
import { beginPairing, pairStamps } from '../../core/instruments/pairStamps.ts';
import { beginTrace, readTrace, traceEvent, type Uart } from '../../core/instruments/uartTrace.ts';
import { runProcess } from '../process/runProcess.ts';

/** Printing the list takes some 20 ms; the limit is for a program that hangs. */
const PROBE_LIMIT_MS = 10_000;

function uartOf(architecture: Architecture): Uart {
  return architecture === 'arm' || architecture === 'aarch64' ? 'pl011' : 'serial';
}

/**
 * QEMU stamps every write of the guest to its UART in its own log, with the wall clock in microseconds, before the byte
 * goes to the serial port. So whenever bytes arrive on the console, their stamps can be read from the file.
 */
export const serialTrace: Instrument = {
  name: 'serialTrace',
  title: 'QEMU’s trace of the serial port',
  provenance: {
    instrument: 'serialTrace',
    technique: 'QEMU’s own trace of the serial port (serial_write, pl011_write), stamped in QEMU at the guest’s write',
    // The stamps have microseconds; two writes of a guest are at least that far apart under TCG and KVM.
    resolutionNs: 1_000,
  },
  async probe(qemu, architecture, traceEvents) {
    const event = traceEvent[uartOf(architecture)];
    if (traceEvents === null) return { available: false, reason: 'a trace that is written on another host cannot be read while the guest boots' };
    const events = traceEvents ?? (await runProcess(qemu.program, ['-trace', 'help'], { timeLimitMs: PROBE_LIMIT_MS })).stdout;
    const available = events.split('\n').some((line) => line.trim() === event);
    return { available, reason: available ? `this QEMU traces ${event}` : `this QEMU was built without the trace event ${event}` };
  },
  arm: ({ architecture, tracePath }) => Promise.resolve(armTrace(uartOf(architecture), tracePath)),
};

function armTrace(uart: Uart, path: string): ArmedInstrument {
  const event = traceEvent[uart];
  const file = followFile(path);
  let zero: Zero = { wallNs: 0n, monotonicNs: 0n };
  let trace = beginTrace(uart);
  let pairing = beginPairing;
  return {
    trace: { events: [event], path },
    connect: (serialSocket, spawn) => {
      zero = spawn;
      return Promise.resolve(serialSocket);
    },
    samples(bytes) {
      const read = readTrace(trace, file.readNew(), zero.wallNs);
      const nowNs = Number(process.hrtime.bigint() - zero.monotonicNs);
      const paired = pairStamps(pairing, read.sent, bytes, nowNs);
      trace = read.state;
      pairing = paired.pairing;
      return paired.stamped;
    },
    async disarm(qmp) {
      // QEMU may have ended by itself; then nothing is traced either.
      await qmp.execute('trace-event-set-state', { name: event, enable: false }).catch(() => undefined);
    },
    dispose() {
      file.close();
      return Promise.resolve();
    },
  };
}

const READ_BYTES = 256 * 1024;

/** Reads what was appended to a file since the last call. The file is in the page cache: a read takes microseconds. */
function followFile(path: string) {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let descriptor: number | null = null;
  let position = 0;
  return {
    readNew(): string {
      descriptor ??= openSync(path, 'r');
      let text = '';
      for (let count = READ_BYTES; count === READ_BYTES; ) {
        count = readSync(descriptor, buffer, 0, READ_BYTES, position);
        position += count;
        text += buffer.toString('latin1', 0, count);
      }
      return text;
    },
    close(): void {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}
