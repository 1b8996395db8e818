import type { CallEvent } from '../traces/traceEvent.ts';
import { classOf, type CallNames } from './callNames.ts';
import type { CallDecoder, DecodedCall, Ending, Exchange } from './decodedCall.ts';
import { minixOutcome } from './minixOutcome.ts';
import { messageWord, signed16, signedRegister } from './registers.ts';

/** kernel/protect.h: programs of 16 bits, whose ints have two bytes, use the first vector, those of 32 bits the second. */
const VECTOR_16 = 0x20;
const VECTOR_32 = 0x21;
const exchanges: Readonly<Record<number, Exchange>> = { 1: 'send', 2: 'receive', 3: 'roundTrip' };
const endings: Readonly<Record<string, Ending>> = { EXIT: 'process', SIGRETURN: 'handler', EXEC: 'image' };

/** MINIX 2: `int` with CX=function, AX=process, BX=message, where function 3 sends and receives; the kernel is asked by messages, too. */
export function minix2Decoder(names: CallNames): CallDecoder {
  return {
    id: names.id,
    title: names.title,
    verified: names.verified,
    decode(event) {
      const vector = event.entry.kind === 'int' ? event.entry.vector : null;
      const operation = signedRegister(event, 'ecx', 'rcx');
      const process = signedRegister(event, 'eax', 'rax');
      if (operation === null || process === null) return null;
      // A message is the sender and the type, an int each, and then the rest (minix/type.h).
      if (vector === VECTOR_32) return decoded(names, operation, process, messageWord(event.message, 4));
      return vector === VECTOR_16 ? decoded(names, signed16(operation), signed16(process), shortType(event)) : null;
    },
    outcome: minixOutcome,
  };
}

function shortType({ message }: CallEvent): number | null {
  const word = messageWord(message, 0);
  return word === null ? null : word >> 16;
}

function decoded(names: CallNames, operation: number, process: number, type: number | null): DecodedCall {
  const operationName = names.operations[String(operation)];
  const exchange = exchanges[operation] ?? null;
  const target = { number: process, name: names.endpoints[String(process)] ?? null };
  const itself = { number: operation, name: operationName ?? `operation ${operation}`, named: operationName !== undefined, class: 'IPC', ends: null };
  const request = type === null || exchange === null || exchange === 'receive' ? {} : requestOf(names, process, exchange, type);
  return { system: names.id, verified: names.verified, ...itself, ...request, operation: itself.name, target, exchange };
}

function requestOf(names: CallNames, process: number, exchange: Exchange, type: number): Partial<DecodedCall> {
  // A server that only sends to a process answers a request that it had received.
  if (exchange === 'send' && process > 1) return { number: type, name: 'reply', named: true, class: 'reply' };
  const table = process >= 0 ? names.numbers : (names.byEndpoint[String(process)] ?? names.byEndpoint['drivers']);
  const found = table?.[String(type)];
  const name = found ?? `message ${type}`;
  return { number: type, name, named: found !== undefined, class: process >= 0 ? (classOf(names, type) ?? 'other') : taskClass(process), ends: process < 0 ? null : (endings[name] ?? null) };
}

function taskClass(process: number): string {
  return process === -2 ? 'kernel' : process === -3 ? 'clock' : 'driver';
}
