import { connect } from 'node:net';
import { DeclaredError } from '../../contract/errors.ts';
import { lastLine } from '../../core/guests/lastLine.ts';
import type { Machine, MachineEnd } from '../../core/guests/machine.ts';
import { startMachine as startHere, type StartMachine } from './startMachine.ts';

export type PromptOutcome =
  | { readonly kind: 'booted'; readonly bootNs: number }
  | { readonly kind: 'late'; readonly limitMs: number; readonly lastLine: string; readonly stderrTail: string }
  | { readonly kind: 'ended'; readonly how: string; readonly lastLine: string; readonly stderrTail: string };

/** How much of the newest output is searched for the prompt. */
const WINDOW_CHARACTERS = 4_096;

export interface BootToPrompt extends Omit<StartMachine, 'startLimitMs'> {
  readonly prompt: RegExp;
  readonly limitMs: number;
  /** Starts the machine elsewhere than on this host. */
  readonly start?: (start: StartMachine) => Promise<Machine>;
}

type Ending = { readonly at: bigint } | { readonly end: MachineEnd } | 'late';

/** Lets the guest go and reads its first serial port until the prompt, the end of QEMU, or the limit. */
async function awaitPrompt(machine: Machine, { prompt, signal }: BootToPrompt, remainingMs: number, seen: (text: string) => void): Promise<Ending> {
  const ending = Promise.withResolvers<Ending>();
  const cancel = (): void => ending.reject(signal?.reason as Error);
  signal?.addEventListener('abort', cancel, { once: true });
  const socket = connect(machine.serialSockets[0] ?? '');
  const timer = setTimeout(() => ending.resolve('late'), remainingMs);
  let newest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    newest = (newest + text).slice(-WINDOW_CHARACTERS);
    seen(newest);
    if (prompt.test(newest)) ending.resolve({ at: process.hrtime.bigint() });
  });
  socket.on('error', () => undefined); // QEMU's end tells it better.
  void machine.ended.then((end) => ending.resolve({ end }));
  // An order that fails here is explained by what ends the wait: QEMU's end, or the limit.
  socket.once('connect', () => void machine.go().catch(() => undefined));
  try {
    return await ending.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    socket.destroy();
  }
}

function describeEnd({ exitCode, signal }: Pick<MachineEnd, 'exitCode' | 'signal'>): string {
  return signal === null ? `ended with exit code ${String(exitCode)}` : `was ended by ${signal}`;
}

async function startWithin({ limitMs, start: startMachine = startHere, ...start }: BootToPrompt): Promise<Machine | PromptOutcome> {
  try {
    return await startMachine({ ...start, startLimitMs: limitMs });
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    const { failure } = error;
    if (failure.code === 'QEMU_REFUSED' && !failure.details.cancelled) return { kind: 'ended', how: describeEnd(failure.details), lastLine: '', stderrTail: failure.details.stderrTail };
    if (failure.code !== 'QMP_FAILED') throw error;
    if (failure.details.timeoutMs === null) return { kind: 'ended', how: `did not speak QMP: ${failure.details.reason}`, lastLine: '', stderrTail: '' };
    return { kind: 'late', limitMs, lastLine: '', stderrTail: 'QEMU did not open its monitor' };
  }
}

/**
 * Boots a guest until its prompt stands on the first serial port, and ends it. The limit counts from the spawn, as
 * `bootNs` does; after it nothing of the machine is left, whatever the program did. Throws only when it is cancelled.
 */
export async function bootToPrompt(boot: BootToPrompt): Promise<PromptOutcome> {
  const { limitMs } = boot;
  const began = performance.now();
  const machine = await startWithin(boot);
  if (!('qmp' in machine)) return machine;
  let seen = '';
  try {
    const ending = await awaitPrompt(machine, boot, limitMs - (performance.now() - began), (text) => (seen = text));
    if (ending === 'late') return { kind: 'late', limitMs, lastLine: lastLine(seen), stderrTail: (await machine.kill()).stderrTail };
    if ('end' in ending) return { kind: 'ended', how: describeEnd(ending.end), lastLine: lastLine(seen), stderrTail: ending.end.stderrTail };
    return { kind: 'booted', bootNs: Number(ending.at - (machine.spawnedAt?.monotonicNs ?? ending.at)) };
  } finally {
    await machine.dispose();
  }
}
