import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../../contract/errors.ts';
import type { Architecture } from '../../../contract/primitives.ts';
import { addTotals, noTotals } from '../../../core/instruments/eventTotals.ts';
import type { LoggedEvent } from '../../../core/instruments/qemuLogState.ts';
import type { Machine } from '../../../core/guests/machine.ts';
import type { TraceTotals } from '../../../core/traces/traceEvent.ts';
import { controlLog, createLogReader, type GuestLog } from './guestLog.ts';

/** A file of this size is read and removed while QEMU writes the next, so that a long look needs little room. */
const ROTATED_BYTES = 8 * 1024 * 1024;

export interface LiveLog {
  /** Switches the log off, gives QEMU back the one that it had, and removes every file. Throws TRACE_CUT when the limit was reached. */
  end(): Promise<TraceTotals>;
  /** What was counted so far; it stays after `end`, however that ended. */
  totals(): TraceTotals;
}

export interface LiveLogOptions {
  readonly machine: Pick<Machine, 'qmp' | 'record'>;
  readonly architecture: Architecture;
  /** Where the log's files are while it is read. */
  readonly directory: string;
  /** Of everything that is logged; then it is switched off. */
  readonly limitBytes: number;
  readonly rotatedBytes?: number;
  readonly onEvents: (events: LoggedEvent[]) => void;
}

/** Looks at a guest that runs, whoever started it, without a word of it on its command line. */
export async function watchLiveGuest({ machine, architecture, directory, limitBytes, rotatedBytes = ROTATED_BYTES, onEvents }: LiveLogOptions): Promise<LiveLog> {
  const reader = createLogReader(architecture);
  const pathOf = (number: number): string => join(directory, `events.${number}.log`);
  let [number, passedBytes, totals, cut] = [0, 0, noTotals, false];
  let work = Promise.resolve();
  const failures: Error[] = [];
  const take = (events: LoggedEvent[]): void => {
    totals = addTotals(totals, events);
    if (events.length > 0) onEvents(events);
  };
  const read = async (path: string): Promise<void> => {
    for await (const events of reader.read(path)) take(events);
    await rm(path, { force: true });
  };
  const begin = async (path: string): Promise<GuestLog> => {
    const part = controlLog({ qmp: machine.qmp, argv: machine.record.argv, path, limitBytes: limitBytes - passedBytes, onGrowth: (bytes) => grown(part, bytes) });
    await part.begin();
    return part;
  };
  let log = await begin(pathOf(0));

  /** The next file is begun before this one is read; growth that comes meanwhile waits for its turn. */
  function grown(part: GuestLog, bytes: number): void {
    cut ||= part.wasCut();
    if (part !== log || cut || bytes < rotatedBytes) return;
    work = work.then(async () => {
      if (part !== log) return;
      passedBytes += bytes;
      const old = pathOf(number++);
      log = await begin(pathOf(number));
      part.dispose();
      await read(old);
    }).catch((error: unknown) => {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    });
  }

  return {
    totals: () => totals,
    async end() {
      await work;
      await log.end();
      cut ||= log.wasCut();
      await read(pathOf(number));
      take(reader.end());
      if (failures[0] !== undefined) throw failures[0];
      if (cut) throw new DeclaredError('TRACE_CUT', { limitBytes, events: totals.calls + totals.faults + totals.spaceLoads + totals.interrupts });
      return totals;
    },
  };
}
