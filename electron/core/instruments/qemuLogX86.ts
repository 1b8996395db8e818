import type { Context } from '../traces/traceEvent.ts';
import { unstamped, type LoggedEvent, type LogState, type OpenException } from './qemuLogState.ts';

/**
 * `    71: v=0e e=0006 i=0 cpl=3 IP=001b:00108673 pc=00108673 SP=0023:8000fe84 CR2=80100000` (QEMU, target/i386/tcg/seg_helper.c: do_interrupt_all),
 * and then the state of the CPU. The CPU itself is not named.
 */
const exception = /^ *\d+: v=([0-9a-f]{2}) e=([0-9a-f]{4}) i=([01]) cpl=([0-3]) .*?(?: CR2=([0-9a-f]+)|env->regs)/;
/** Vector and error code bits of a page fault: Intel SDM volume 3, 4.7. */
const PAGE_FAULT = 0x0e;
const ERROR = { protection: 1, write: 2, user: 4, execute: 16 } as const;

/** One line of an x86 guest's log. */
export function readX86Line(state: LogState, line: string, events: LoggedEvent[]): LogState {
  if (line.startsWith('Servicing hardware INT=')) return { ...flush(state, events), device: true };
  const begin = line.includes(': v=') ? exception.exec(line) : null;
  if (begin !== null) return { ...flush(state, events), open: openException(begin, state.device), device: false };
  if (line.startsWith('CR3 update: CR3=')) {
    const next = flush(state, events);
    events.push({ kind: 'space', ...unstamped(0), space: spaceOf(hex(line.slice(16))) });
    return next;
  }
  return state.open === null ? state : readState(state, state.open, line, events);
}

function openException(match: RegExpExecArray, isDevice: boolean): OpenException {
  const [, vector = '', error = '', instruction, level, address] = match;
  return {
    vector: parseInt(vector, 16), vcpu: 0, isInstruction: instruction === '1', isDevice, fromUser: level !== '0', error: parseInt(error, 16),
    address: hex(address ?? '0'), registers: {}, thread: 0n,
  };
}

/** The state of the CPU: registers, segments, and in the end the control registers, with which the exception is whole. */
function readState(state: LogState, open: OpenException, line: string, events: LoggedEvent[]): LogState {
  if (/^(?:[ER](?:AX|SI)|R8 |R12)=/.test(line)) return { ...state, open: { ...open, registers: { ...open.registers, ...registersOf(line) } } };
  const base = /^([FG])S =[0-9a-f]{4} ([0-9a-f]+) /.exec(line);
  // 64-bit programs have their thread at FS, 32-bit ones at GS (System V ABI supplements).
  const threadSegment = 'rax' in open.registers ? 'F' : 'G';
  if (base?.[1] === threadSegment) return { ...state, open: { ...open, thread: hex(base[2] ?? '0') } };
  const space = /^CR0=[0-9a-f]+ CR2=[0-9a-f]+ CR3=([0-9a-f]+)/.exec(line);
  if (space === null) return state;
  finish(open, spaceOf(hex(space[1] ?? '0')), events);
  return { ...state, open: null };
}

function registersOf(line: string): Record<string, bigint> {
  return Object.fromEntries([...line.matchAll(/\b([ER]?[A-Z0-9]{2,3}) ?=([0-9a-f]{8,16})\b/g)].map(([, name = '', value = '']) => [name.toLowerCase(), hex(value)]));
}

function flush(state: LogState, events: LoggedEvent[]): LogState {
  if (state.open !== null) finish(state.open, 0n, events);
  return { ...state, open: null, device: false };
}

function finish(open: OpenException, space: bigint, events: LoggedEvent[]): void {
  const { vector, isInstruction, isDevice, fromUser, error, address, registers, vcpu } = open;
  const stamp = unstamped(vcpu);
  const context = contextOf(open, space);
  if (isDevice) events.push({ kind: 'interrupt', ...stamp, vector });
  // A program's own `int n`; a kernel's are calls of its firmware.
  else if (isInstruction && fromUser) events.push({ kind: 'call', ...stamp, entry: { kind: 'int', vector }, context, registers, message: null });
  else if (!isInstruction && vector === PAGE_FAULT) {
    const is = (bit: number): boolean => (error & bit) !== 0;
    events.push({ kind: 'fault', ...stamp, context, address, protection: is(ERROR.protection), write: is(ERROR.write), user: is(ERROR.user), execute: is(ERROR.execute) });
  }
}

/** Without a thread register the page of the user's stack tells threads apart. */
function contextOf({ thread, registers, fromUser }: OpenException, space: bigint): Context {
  const stack = fromUser ? (registers['rsp'] ?? registers['esp'] ?? 0n) : 0n;
  return { space, thread: thread === 0n ? stack & ~0xfffn : thread };
}

/** CR3 has flags, and with them an identifier of the space, in its lowest 12 bits. */
function spaceOf(register: bigint): bigint {
  return register & ~0xfffn & 0x7fff_ffff_ffff_ffffn;
}

function hex(digits: string): bigint {
  const found = /^[0-9a-f]+/.exec(digits.trim())?.[0];
  return found === undefined ? 0n : BigInt(`0x${found}`);
}
