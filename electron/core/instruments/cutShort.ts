import { DeclaredError } from '../../contract/errors.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { MachineEnd } from '../guests/machine.ts';
import type { TraceTotals } from '../traces/traceEvent.ts';

/** How a machine was found when nobody wanted to see more of it. */
export interface WatchedMachine {
  readonly plan: Pick<EventPlan, 'instrument'>;
  /** The boot came to its last phase. */
  readonly over: boolean;
  /** Null when it still ran. */
  readonly end: MachineEnd | null;
  /** The guest began to boot a second time. */
  readonly rebooted: boolean;
  /** What was counted until then; null without a window. */
  readonly totals: TraceTotals | null;
  /** What the guest printed. */
  readonly seen: () => string;
}

/** What a program does that is wrong, rather than one that somebody ended. */
const CRASHES: ReadonlySet<string> = new Set(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP']);

/** Why a window ended before its time; null when it did not. A boot that ended before its last phase says so itself. */
export function whyCutShort({ plan, over, end, rebooted, totals, seen }: WatchedMachine): DeclaredError | null {
  if (rebooted || end?.reason === 'guest-reset') return new DeclaredError('GUEST_REBOOTED', { seen: inWords(totals) });
  if (end === null) return null;
  const { exitCode, signal, stderrTail } = end;
  if (plan.instrument === 'plugin' && signal !== null && CRASHES.has(signal)) return new DeclaredError('PLUGIN_CRASHED', { signal, stderrTail });
  if (!over) return null;
  const lastLine = seen().trimEnd().split('\n').at(-1)?.trimEnd().slice(-200) ?? '';
  return new DeclaredError('BOOT_ENDED', { missing: ['the end of the window'], lastLine, exitCode, signal, stderrTail });
}

function inWords(totals: TraceTotals | null): string[] {
  if (totals === null) return [];
  const { calls, faults, spaceLoads, interrupts } = totals;
  const counts: [string, number][] = [['system calls', calls], ['page faults', faults], ['address space loads', spaceLoads], ['interrupts', interrupts]];
  return counts.flatMap(([words, count]) => (count === 0 ? [] : [`${count} ${words}`]));
}
