import type { CallEvent } from '../traces/traceEvent.ts';
import { classOf, type CallNames } from './callNames.ts';
import type { CallDecoder, DecodedCall, Ending, Exchange } from './decodedCall.ts';
import { minixEntry, type MinixEntry } from './minixEntry.ts';
import { minixOutcome } from './minixOutcome.ts';
import { messageWord } from './registers.ts';

/** A message: the sender at byte 0, the type at byte 4 (minix/ipc.h). */
const TYPE_AT = 4;
/** `kernel` is both who is asked by a kernel call and the class of its numbers. */
const KERNEL_NAME = 'kernel';
/** Operations of ipcconst.h that carry a request; all others are named by themselves. */
const exchanges: Readonly<Record<string, Exchange>> = { SENDREC: 'roundTrip', SEND: 'send', SENDNB: 'send', RECEIVE: 'receive' };
/** Below this the numbers of older versions, and of PM and VFS in 3.4, are also what a server answers with. */
const FIRST_DRIVER_NUMBER = 0x200;
/** com.h of every version. */
const SYSTEM = -2;
const PM = 0;
const VFS = 1;
/** Nobody waits for the reply to these, in any version. */
const endings: Readonly<Record<string, Ending>> = { PM_EXIT: 'process', EXIT: 'process', SYS_EXIT: 'process', PM_SIGRETURN: 'handler', SIGRETURN: 'handler', PM_EXEC: 'image', EXEC: 'image' };

/**
 * MINIX 3 from 3.1 on, and the guests that follow it: the registers are the same in all versions, the numbers are those of the
 * names given. Without a message (`-d int` reads none) an IPC call is named by its operation.
 */
export function minix3Decoder(names: CallNames): CallDecoder {
  return {
    id: names.id,
    title: names.title,
    verified: names.verified,
    decode(event) {
      const entry = minixEntry(event);
      if (entry === null) return null;
      return entry.kind === 'kernelCall' ? kernelCall(names, event) : ipcCall(names, event, entry);
    },
    outcome: minixOutcome,
  };
}

function kernelCall(names: CallNames, { message }: CallEvent): DecodedCall {
  const type = messageWord(message, TYPE_AT);
  const known = type === null ? undefined : names.numbers[String(type)];
  const name = known ?? (type === null ? 'kernel call' : `kernel call ${type}`);
  return { ...base(names), number: type ?? 0, name, named: known !== undefined, class: KERNEL_NAME, operation: null, target: { number: SYSTEM, name: 'system' }, exchange: null, ends: endings[name] ?? null };
}

function ipcCall(names: CallNames, event: CallEvent, { operation, endpoint }: Extract<MinixEntry, { kind: 'ipc' }>): DecodedCall {
  const operationName = names.operations[String(operation)] ?? `operation ${operation}`;
  const exchange = exchanges[operationName] ?? null;
  // SENDA's register holds a count, and the call that asks for the kernel's information asks nobody.
  const addressed = exchange !== null || operationName === 'NOTIFY';
  const target = addressed ? { number: endpoint, name: names.endpoints[String(endpoint)] ?? null } : null;
  const request = exchange === 'roundTrip' || exchange === 'send' ? requestOf(names, event, endpoint, exchange) : null;
  const itself = { number: operation, name: operationName, named: operationName in exchanges || String(operation) in names.operations, class: 'IPC', ends: null };
  // The kernel answers what is sent to it at once; nobody else runs, so it is no exchange with another process.
  return { ...base(names), ...itself, ...request, operation: operationName, target, exchange: endpoint === SYSTEM && exchange === 'roundTrip' ? null : exchange };
}

type Request = Pick<DecodedCall, 'number' | 'name' | 'named' | 'class' | 'ends'>;

/** The request in a message; null when it cannot be read. A SEND of a result is a reply, and so is one of a small number unless PM or VFS get it. */
function requestOf(names: CallNames, { message }: CallEvent, endpoint: number, exchange: Exchange): Request | null {
  const type = messageWord(message, TYPE_AT);
  if (type === null) return null;
  const result = type <= 0 || (type < FIRST_DRIVER_NUMBER && endpoint !== PM && endpoint !== VFS);
  if (exchange === 'send' && result) return { number: type, name: 'reply', named: true, class: 'reply', ends: null };
  const number = withoutTransaction(names, type);
  const found = names.numbers[String(number)];
  const name = found ?? `message ${number}`;
  return { number, name, named: found !== undefined, class: classOf(names, number) ?? 'other', ends: endings[name] ?? null };
}

/** VFS puts its own number into the low half of what it asks of file systems (minix/vfsif.h: TRNS_ADD_ID). */
function withoutTransaction({ transactions }: CallNames, type: number): number {
  const inRange = transactions !== null && type >>> 16 !== 0 && (type & 0xff00) === (transactions & 0xff00);
  return inRange ? type >>> 16 : type;
}

function base(names: CallNames): Pick<DecodedCall, 'system' | 'verified'> {
  return { system: names.id, verified: names.verified };
}
