import { nowhere, unstamped, type LoggedEvent, type LogState, type OpenException } from './qemuLogState.ts';

/** `Taking exception 2 [SVC] on CPU 0` (QEMU, target/arm/helper.c: arm_log_exception), then lines that begin with three points. */
const exception = /^Taking exception (\d+) \[.*\](?: on CPU (\d+))?/;
/** QEMU's own numbers (target/arm/cpu.h: EXCP_SWI and so on). */
const EXCEPTION = { svc: 2, prefetchAbort: 3, dataAbort: 4, interrupt: 5, fastInterrupt: 6 } as const;

/** One line of an ARM guest's log. It has no registers and no address spaces. */
export function readArmLine(state: LogState, line: string, events: LoggedEvent[]): LogState {
  const begin = exception.exec(line);
  if (begin !== null) return { ...flush(state, events), open: openException(begin) };
  if (state.open === null) return state;
  return line.startsWith('...') ? { ...state, open: withDetail(state.open, line) } : flush(state, events);
}

function openException([, number = '', cpu = '0']: RegExpExecArray): OpenException {
  return { vector: Number(number), vcpu: Number(cpu), isInstruction: false, isDevice: false, fromUser: false, error: 0, address: 0n, registers: {}, thread: 0n };
}

function withDetail(open: OpenException, line: string): OpenException {
  const levels = /^\.\.\.from EL(\d)/.exec(line);
  if (levels !== null) return { ...open, fromUser: levels[1] === '0' };
  const status = /^\.\.\.with [DI]FSR 0x([0-9a-f]+) [DI]FAR 0x([0-9a-f]+)/.exec(line);
  if (status !== null) return { ...open, error: parseInt(status[1] ?? '', 16) | SHORT_STATUS, address: BigInt(`0x${status[2] ?? '0'}`) };
  const syndrome = /^\.\.\.with ESR 0x[0-9a-f]+\/0x([0-9a-f]+)/.exec(line);
  // A 32-bit kernel reads the fault's status, which comes next; this one is then only half true.
  if (syndrome !== null) return { ...open, error: parseInt(syndrome[1] ?? '', 16) & 0xff_ffff };
  const address = /^\.\.\.with FAR 0x([0-9a-f]+)/.exec(line);
  return address === null ? open : { ...open, address: BigInt(`0x${address[1] ?? '0'}`) };
}

/** Marks that `error` is a fault status register (Arm ARM DDI 0406C, B4.1.52) and not a syndrome (DDI 0487, D17.2.37). */
const SHORT_STATUS = 0x100_0000;

interface Status {
  readonly kind: 'translation' | 'accessFlag' | 'permission' | 'other';
  readonly write: boolean;
}

function statusOf(error: number): Status {
  const isStatus = (error & SHORT_STATUS) !== 0;
  // Bit 9 of a fault status says that its codes are those of long descriptors, which syndromes have, too.
  const isLong = !isStatus || (error & 0x200) !== 0;
  const kind = isLong ? longKinds[(error >> 2) & 0xf] : shortKinds[(error & 0xf) | ((error >> 6) & 0x10)];
  return { kind: kind ?? 'other', write: isStatus ? (error & 0x800) !== 0 : (error & 0x40) !== 0 };
}

const longKinds: Readonly<Record<number, Status['kind']>> = { 1: 'translation', 2: 'accessFlag', 3: 'permission' };
const shortKinds: Readonly<Record<number, Status['kind']>> = { 0x3: 'accessFlag', 0x5: 'translation', 0x6: 'accessFlag', 0x7: 'translation', 0xd: 'permission', 0xf: 'permission' };

function flush(state: LogState, events: LoggedEvent[]): LogState {
  if (state.open !== null) finish(state.open, events);
  return { ...state, open: null };
}

function finish({ vector, vcpu, fromUser, error, address }: OpenException, events: LoggedEvent[]): void {
  const stamp = unstamped(vcpu);
  if (vector === EXCEPTION.svc && fromUser) events.push({ kind: 'call', ...stamp, entry: { kind: 'svc' }, context: nowhere, registers: {}, message: null });
  if (vector === EXCEPTION.interrupt || vector === EXCEPTION.fastInterrupt) events.push({ kind: 'interrupt', ...stamp, vector });
  if (vector !== EXCEPTION.prefetchAbort && vector !== EXCEPTION.dataAbort) return;
  const { kind, write } = statusOf(error);
  // Bad alignment and the bus are no page faults.
  if (kind === 'other') return;
  const execute = vector === EXCEPTION.prefetchAbort;
  events.push({ kind: 'fault', ...stamp, context: nowhere, address, protection: kind === 'permission', write: write && !execute, user: fromUser, execute });
}
