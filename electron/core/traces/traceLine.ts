import type { CallEntry, Context, ModelCounters, TraceEvent } from './traceEvent.ts';

/** The way into the kernel as people write it: `int 0x21`, `lcall $7,$0`. */
export function entryText(entry: CallEntry): string {
  if (entry.kind === 'int') return `int 0x${entry.vector.toString(16).padStart(2, '0')}`;
  return entry.kind === 'callGate' ? 'lcall $7,$0' : entry.kind;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function contextText({ space, thread }: Context): string {
  return `space ${hex(space)}${thread === 0n ? '' : ` thread ${hex(thread)}`}`;
}

function messageText(message: Uint8Array | null): string {
  if (message === null) return '';
  const words: string[] = [];
  for (let at = 0; at < message.length; at += 4) words.push(Array.from(message.subarray(at, at + 4), (byte) => byte.toString(16).padStart(2, '0')).reverse().join(''));
  return ` message ${words.join(' ')}`;
}

function modelText({ l1Data, l1Instruction, lastLevel, dataTlb, instructionTlb, workingSetPages }: ModelCounters): string {
  const pair = (name: string, references: number, misses: number): string => `${name} ${misses}/${references}`;
  return [
    pair('L1D loads', l1Data.loads, l1Data.loadMisses),
    pair('stores', l1Data.stores, l1Data.storeMisses),
    pair('L1I', l1Instruction.references, l1Instruction.misses),
    pair('LLC', lastLevel.references, lastLevel.misses),
    pair('DTLB loads', dataTlb.loads, dataTlb.loadMisses),
    pair('stores', dataTlb.stores, dataTlb.storeMisses),
    pair('ITLB', instructionTlb.references, instructionTlb.misses),
    `pages ${workingSetPages}`,
  ].join(', ');
}

function whatText(event: TraceEvent): string {
  switch (event.kind) {
    case 'call': {
      const registers = Object.entries(event.registers).map(([name, value]) => `${name}=${hex(value)}`);
      return `call ${entryText(event.entry)} ${contextText(event.context)} ${registers.join(' ')}${messageText(event.message)}`;
    }
    case 'return':
      return `return ${hex(event.result)} ${contextText(event.context)}${messageText(event.message)}`;
    case 'fault': {
      const words = [event.protection ? 'protection' : 'absent', event.execute ? 'execute' : event.write ? 'write' : 'read', event.user ? 'user' : 'kernel'];
      return `fault ${hex(event.address)} ${words.join(' ')}${event.instruction === undefined ? '' : ` at ${hex(event.instruction)}`} ${contextText(event.context)}`;
    }
    case 'resume': {
      const instructions = event.latencyInstructions === null ? '' : ` and ${event.latencyInstructions} instructions`;
      return `fault ${hex(event.address)} over, back at ${hex(event.instruction)} after ${(event.latencyNs / 1_000).toFixed(3)} µs${instructions} space ${hex(event.space)}`;
    }
    case 'moved':
      return `kernel runs at a distance of ${hex(event.distance)}`;
    case 'space':
      return `space ${hex(event.space)}`;
    case 'symbol':
      return `symbol ${event.symbol} hit ${event.hits}`;
    case 'interrupt':
      return `interrupt ${event.vector}`;
    case 'profile':
      return `at ${[event.address, ...event.callers].map(hex).join(' < ')} ${contextText(event.context)}`;
    case 'model':
      return `model ${modelText(event.counters)}`;
    case 'cut':
      return event.errno === undefined ? `cut at the limit of ${event.limitBytes} bytes` : `cut after ${event.limitBytes} bytes: the disk took no more (error ${event.errno})`;
  }
}

/** One event as a line for people: microseconds, virtual CPU, instructions where they were counted, and what it was. */
export function traceLine(event: TraceEvent): string {
  const instructions = event.instructions === null ? '' : ` #${event.instructions}`;
  return `${(event.atNs / 1_000).toFixed(3)} µs cpu${event.vcpu}${instructions} ${whatText(event)}`;
}
