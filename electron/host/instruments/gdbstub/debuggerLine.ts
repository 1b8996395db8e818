import type { Socket } from 'node:net';
import { DeclaredError } from '../../../contract/errors.ts';
import { encodePacket, readPackets, readStop, type Received, type Stop } from '../../../core/instruments/gdbPackets.ts';

/** QEMU's debugger port. It takes commands only while the guest stands; a byte that comes while it runs stops it and is lost. */
export interface DebuggerLine {
  /** A command that is answered at once. Throws DEBUGGER_FAILED when it is not. */
  ask(command: string): Promise<string>;
  /** A command that lets the guest go, and is answered by a stop. Resolves when QEMU has taken it, or the line has ended. */
  tell(command: string): Promise<void>;
  /** Stops that were heard until now are of no interest. */
  forgetStops(): void;
  /** Stops a guest that runs. */
  interrupt(): void;
  /** The next stop that was not asked for; null when the line ends before. */
  nextStop(): Promise<{ readonly stop: Stop; readonly atNs: bigint } | null>;
  readonly closed: Promise<void>;
  close(): void;
}

/** QEMU takes a packet within milliseconds; after this time it was swallowed by a guest that somebody let run. */
const TAKEN_LIMIT_MS = 2_000;
const ANSWER_LIMIT_MS = 10_000;
const TRIES = 4;

export function openDebuggerLine(socket: Socket): DebuggerLine {
  const closed = Promise.withResolvers<undefined>();
  let rest = '';
  let sent: { readonly packet: string; readonly tries: number; readonly timer: NodeJS.Timeout } | null = null;
  let onTaken = (): void => undefined;
  let asked: { readonly command: string; readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void; readonly timer: NodeJS.Timeout } | null = null;
  const stops: { readonly stop: Stop; readonly atNs: bigint }[] = [];
  let waiting: ((stop: { readonly stop: Stop; readonly atNs: bigint } | null) => void) | null = null;
  const failed = (action: string, reason: string): Error => new DeclaredError('DEBUGGER_FAILED', { action, reason });

  const settle = (answer: string | Error): void => {
    if (asked === null) return;
    const { resolve, reject, timer } = asked;
    clearTimeout(timer);
    asked = null;
    if (typeof answer === 'string') resolve(answer);
    else reject(answer);
  };
  const send = (packet: string, tries: number): void => {
    clearTimeout(sent?.timer);
    sent = { packet, tries, timer: setTimeout(() => again(), TAKEN_LIMIT_MS) };
    socket.write(packet, 'latin1');
  };
  const again = (): void => {
    if (sent === null) return;
    if (sent.tries < TRIES) send(sent.packet, sent.tries + 1);
    else {
      settle(failed(sent.packet, 'QEMU does not take it'));
      socket.destroy();
    }
  };
  const taken = (): void => {
    clearTimeout(sent?.timer);
    sent = null;
    onTaken();
  };
  const receive = (received: Received, atNs: bigint): void => {
    if (received.kind === 'taken') taken();
    else if (received.kind === 'refused') again();
    else if (received.kind === 'damaged') socket.write('-');
    else {
      socket.write('+');
      const stop = readStop(received.text);
      if (stop === null || asked?.command === '?') settle(received.text);
      else if (waiting === null) stops.push({ stop, atNs });
      else {
        waiting({ stop, atNs });
        waiting = null;
      }
    }
  };

  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const atNs = process.hrtime.bigint();
    const read = readPackets(rest, chunk);
    rest = read.rest;
    for (const received of read.received) receive(received, atNs);
  });
  socket.on('error', () => undefined); // `close` follows.
  socket.on('close', () => {
    taken();
    settle(failed(asked?.command ?? '', 'QEMU closed its debugger port'));
    waiting?.(null);
    waiting = null;
    closed.resolve(undefined);
  });

  return {
    ask: (command) => {
      if (socket.destroyed) return Promise.reject(failed(command, 'QEMU closed its debugger port'));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(failed(command, 'no answer')), ANSWER_LIMIT_MS);
        asked = { command, resolve, reject, timer };
        send(encodePacket(command), 1);
      });
    },
    tell: (command) => {
      if (socket.destroyed) return Promise.resolve();
      send(encodePacket(command), 1);
      return new Promise((resolve) => (onTaken = resolve));
    },
    forgetStops: () => void stops.splice(0),
    interrupt: () => void socket.write('\u0003'),
    nextStop: () => {
      const stop = stops.shift();
      if (stop !== undefined) return Promise.resolve(stop);
      return socket.destroyed ? Promise.resolve(null) : new Promise((resolve) => (waiting = resolve));
    },
    closed: closed.promise,
    close: () => socket.destroy(),
  };
}
