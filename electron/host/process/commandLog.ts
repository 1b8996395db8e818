import type { CommandRecord } from '../../contract/diagnostics.ts';

/** Enough for a long session; a log of commands must not grow without end. */
const KEPT_COMMANDS = 200;

/** The commands that the lab ran, newest last: what a person would have typed. */
export interface CommandLog {
  /** Notes a command that begins now; the returned function notes its end. */
  began(argv: readonly string[], purpose: string): (exitCode: number | null) => void;
  list(): CommandRecord[];
}

export function createCommandLog(): CommandLog {
  const records: CommandRecord[] = [];
  return {
    began(argv, purpose) {
      const record: CommandRecord = { at: new Date().toISOString(), argv: [...argv], purpose, exitCode: null, running: true };
      records.push(record);
      if (records.length > KEPT_COMMANDS) records.shift();
      return (exitCode) => {
        record.exitCode = exitCode;
        record.running = false;
      };
    },
    list: () => records.map((record) => ({ ...record })),
  };
}
