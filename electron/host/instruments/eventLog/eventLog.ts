import { stat } from 'node:fs/promises';
import type { ArmedEvents, BootToWatch, EventInstrument } from '../../../core/instruments/eventInstrument.ts';
import { eventLogOutlook } from '../../../core/instruments/eventLogOutlook.ts';
import { addTotals, noTotals } from '../../../core/instruments/eventTotals.ts';
import type { TraceEvent, TraceTotals } from '../../../core/traces/traceEvent.ts';
import { controlLog, logFileOf, readLogFile, type GuestLog } from './guestLog.ts';

/**
 * QEMU's own log of exceptions and of the MMU, which every QEMU can write. It counts exactly and tells no times. The log is switched on for
 * the window only, over the monitor.
 */
export const eventLog: EventInstrument = {
  name: 'eventLog',
  title: 'QEMU’s log of exceptions',
  probe(guest) {
    const available = guest.accelerator === 'tcg';
    const reason = available ? 'every QEMU that translates can log exceptions' : `with ${guest.accelerator} exceptions do not pass through QEMU`;
    return Promise.resolve({ available, reason, metrics: available ? eventLogOutlook(guest) : [] });
  },
  arm: (boot) => Promise.resolve(armLog(boot)),
};

function armLog({ architecture, tracePath, plan: { traceLimitBytes } }: BootToWatch): ArmedEvents {
  let log: GuestLog | null = null;
  let path = tracePath;
  let begun = false;
  let from = 0;
  let totals: TraceTotals = noTotals;
  let events = 0;
  async function* read(): AsyncGenerator<TraceEvent> {
    if (!begun) return;
    for await (const part of readLogFile(path, architecture, from)) yield* part;
    if (log?.wasCut() === true) yield { kind: 'cut', vcpu: 0, atNs: 0, instructions: null, limitBytes: traceLimitBytes };
  }
  return {
    arguments: [],
    connect(machine) {
      const { argv } = machine.record;
      path = logFileOf(argv) ?? tracePath;
      log = controlLog({ qmp: machine.qmp, argv, path, limitBytes: traceLimitBytes });
      return Promise.resolve();
    },
    async begin() {
      from = await stat(path).then(({ size }) => size, () => 0);
      await log?.begin();
      begun = true;
    },
    async end() {
      if (!begun) return noTotals;
      await log?.end();
      totals = noTotals;
      events = 0;
      for await (const part of readLogFile(path, architecture, from)) {
        totals = addTotals(totals, part);
        events += part.length;
      }
      return totals;
    },
    events: read,
    evidence: () => ({ path, format: 'qemu-log', events, cut: log?.wasCut() === true ? `the log reached its limit of ${traceLimitBytes} bytes` : null }),
    dispose() {
      log?.dispose();
      return Promise.resolve();
    },
  };
}
