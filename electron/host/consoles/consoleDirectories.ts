import { existsSync, globSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Where consoles are kept: the directory of console `guest/ID/serial0` is `ROOT/guest/ID/serial0`. */
export interface ConsoleDirectories {
  /** The directory of a console. Its id fits the contract's `consoleId`, so no part of it can leave the root. */
  of(id: string): string;
  has(id: string): boolean;
  list(): string[];
  remove(id: string): void;
}

export function consoleDirectories(root: string): ConsoleDirectories {
  const of = (id: string): string => join(root, ...id.split('/'));
  return {
    of,
    has: (id) => existsSync(of(id)),
    list: () =>
      globSync(['guest/*/serial*', 'run/*/*/serial*'], { cwd: root })
        .map((path) => path.split(sep).join('/'))
        .sort(),
    remove: (id) => rmSync(of(id), { recursive: true, force: true }),
  };
}
