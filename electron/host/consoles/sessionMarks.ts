import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleDirectories } from './consoleDirectories.ts';

const NAME = 'session.txt';

/** Remembers on the disk which sessions are open, with the words for their logs if the lab should be killed meanwhile. */
export function createSessionMarks({ of, list }: ConsoleDirectories) {
  const pathOf = (id: string): string => join(of(id), NAME);
  return {
    set: (id: string, words: string): void => writeFileSync(pathOf(id), words, { mode: 0o600 }),
    clear: (id: string): void => rmSync(pathOf(id), { force: true }),
    /** Those that a lab that was killed left open. */
    left: (): { id: string; words: string }[] =>
      list()
        .filter((id) => existsSync(pathOf(id)))
        .map((id) => ({ id, words: readFileSync(pathOf(id), 'utf8') })),
  };
}
