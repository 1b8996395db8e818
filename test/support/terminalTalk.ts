import type { IPty } from 'node-pty';

/** A person at a terminal: reads what is on it, and types. */
export interface TerminalTalk {
  /** Resolves with what came since the last typing as soon as it matches; rejects with it when the program ended before. */
  until(pattern: RegExp): Promise<string>;
  type(text: string): void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  seen(): string;
}

/** What a person reads: without the sequences that move the cursor, and with each line's end as one character. */
const readable = (text: string): string => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');

export function talkTo(terminal: IPty): TerminalTalk {
  let seen = '';
  let typedAt = 0;
  let over = false;
  const waiting = new Set<() => void>();
  const heard = (): void => [...waiting].forEach((look) => look());
  terminal.onData((text) => {
    seen += text;
    heard();
  });
  const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => {
    over = true;
    resolve(exitCode);
    heard();
  }));
  return {
    ended,
    seen: () => readable(seen),
    type(text) {
      typedAt = seen.length;
      terminal.write(text);
    },
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const since = readable(seen.slice(typedAt));
          if (!pattern.test(since) && !over) return;
          waiting.delete(look);
          if (pattern.test(since)) resolve(since);
          else reject(new Error(`it ended without ${String(pattern)}: ${since}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
