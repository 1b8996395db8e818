import { DeclaredError } from '../../contract/errors.ts';
import { createFeed, type Feed } from '../feed.ts';

export interface BuildLine {
  readonly line: string;
}

/** What builds said, from their first line, as long as this lab lives. */
export interface BuildLogs {
  /** The returned functions add a line and end the log. */
  begin(task: string): { readonly say: (line: string) => void; readonly end: () => void };
  /** All lines until the end of the build. Throws NOT_FOUND. */
  read(task: string, signal?: AbortSignal): AsyncGenerator<BuildLine>;
  dispose(): void;
}

interface BuildLog {
  lines: BuildLine[];
  readonly feed: Feed<BuildLine>;
}

const KEPT_LOGS = 20;
const KEPT_LINES = 10_000;

export function createBuildLogs(): BuildLogs {
  const logs = new Map<string, BuildLog>();
  return {
    begin(task) {
      const log: BuildLog = { lines: [], feed: createFeed<BuildLine>({ limit: 2 * KEPT_LINES }) };
      logs.set(task, log);
      const [oldest] = logs.keys();
      if (logs.size > KEPT_LOGS && oldest !== undefined) logs.delete(oldest);
      return {
        say(line) {
          log.lines = [...log.lines, { line }].slice(-KEPT_LINES);
          log.feed.publish({ line });
        },
        end: () => log.feed.close(),
      };
    },
    read(task, signal) {
      const log = logs.get(task);
      if (log === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'build', id: task });
      return log.feed.subscribe(signal, ...log.lines);
    },
    dispose() {
      for (const { feed } of logs.values()) feed.close();
    },
  };
}
