import type { TraceEvent } from '../../electron/core/traces/traceEvent.ts';

/** An exception of ARM that is an event of a trace. */
export type ArmException = 'call' | 'prefetch' | 'data' | 'interrupt';

/** The numbers of QEMU's log. Undefined instructions and calls of the hypervisor, which are others, are no events. */
const LOGGED: Readonly<Record<string, ArmException>> = { 2: 'call', 3: 'prefetch', 4: 'data', 5: 'interrupt' };

/** Lets QEMU write every exception into a file. */
export const logArguments = (file: string): string[] => ['-d', 'int', '-D', file];

/** What QEMU's log of an ARM guest says, in its order. */
export function exceptionsOfLog(log: string): ArmException[] {
  return [...log.matchAll(/^Taking exception (\d+) /gm)].flatMap(([, number = '']) => LOGGED[number] ?? []);
}

/** The same of a trace's events. */
export function exceptionsOfEvents(events: readonly TraceEvent[]): ArmException[] {
  return events.flatMap((event): ArmException[] => {
    if (event.kind === 'fault') return [event.execute ? 'prefetch' : 'data'];
    return event.kind === 'call' || event.kind === 'interrupt' ? [event.kind] : [];
  });
}
