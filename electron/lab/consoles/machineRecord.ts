import type { ByteLog } from '../../host/consoles/byteLog.ts';
import { openMachineLogfile, type MachineLogfile } from '../../host/consoles/machineLogfile.ts';
import { readSourceRecord, writeSourceRecord } from '../../host/consoles/sourceRecord.ts';
import { missingFrom } from './logfileFollower.ts';

/** How large QEMU's logfile may grow while the lab has its bytes anyway. The run directory is often in memory. */
const LARGEST_LOGFILE = 4 * 1024 * 1024;

/** What the lab knows of a machine's logfile. */
export interface MachineRecord {
  readonly logfile: MachineLogfile;
  /** The console's offset of the machine's first byte. */
  readonly start: number;
  /** Where in the logfile the bytes begin that the console does not have; null for a machine that has printed nothing. */
  readonly position: number | null;
  /** Empties the logfile when it is large; only for a console that has all its bytes. */
  shorten(): void;
}

/** Opens the logfile of a machine that starts now (its console goes on at the end), or of one that an earlier lab started. */
export function openMachineRecord(directory: string, path: string, log: ByteLog): MachineRecord {
  const logfile = openMachineLogfile(path);
  const known = readSourceRecord(directory);
  const isKnown = known?.logfile === logfile.identity;
  const start = isKnown ? known.start : log.end;
  let base = isKnown ? known.base : log.end;
  if (!isKnown) writeSourceRecord(directory, { logfile: logfile.identity, start, base });

  return {
    logfile,
    start,
    position: !isKnown && logfile.size === 0 ? null : missingFrom(log, logfile, base),
    shorten() {
      if (log.end - base < LARGEST_LOGFILE) return;
      base = log.end;
      // In this order: a lab that dies between the two leaves a logfile that has more than was said, never less.
      writeSourceRecord(directory, { logfile: logfile.identity, start, base });
      logfile.truncate();
    },
  };
}
