import type { CommandRecord } from '../../contract/diagnostics.ts';
import { diagnosticsText, type DiagnosticsFacts } from '../../core/diagnostics/diagnosticsText.ts';
import { redact, type Redacted } from '../../core/diagnostics/redact.ts';
import { readPerson } from '../../host/system/person.ts';
import type { Log, LogRecord } from '../log.ts';

export interface DiagnosticsService {
  /** What a person can send to somebody who helps, with everything covered that names them. */
  collect(): Redacted;
  commands(): CommandRecord[];
}

export interface DiagnosticsDependencies {
  readonly facts: () => Omit<DiagnosticsFacts, 'runtime' | 'log' | 'commands'>;
  readonly commands: { list(): CommandRecord[] };
  readonly recentLog: RecentLog;
}

export function createDiagnostics({ facts, commands, recentLog }: DiagnosticsDependencies): DiagnosticsService {
  return {
    collect() {
      const { node, electron } = process.versions as { node: string; electron?: string };
      const runtime = electron === undefined ? `Node ${node}` : `Node ${node} in Electron ${electron}`;
      const text = diagnosticsText({ ...facts(), runtime, commands: commands.list(), log: recentLog.lines() });
      return redact(text, readPerson());
    },
    commands: () => commands.list(),
  };
}

const KEPT_RECORDS = 100;

/** The newest lines of the log, whatever is done with the log itself. */
export interface RecentLog {
  readonly log: Log;
  lines(): string[];
}

/** Passes every record on and remembers the last hundred. */
export function rememberLog(next: Log): RecentLog {
  const records: { at: string; record: LogRecord }[] = [];
  return {
    log(record) {
      records.push({ at: new Date().toISOString(), record });
      if (records.length > KEPT_RECORDS) records.shift();
      next(record);
    },
    lines: () => records.map(({ at, record: { level, noun, message, details } }) => `${at} ${level} ${noun}: ${message}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`),
  };
}
