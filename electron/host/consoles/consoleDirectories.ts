import { existsSync, globSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Where consoles are kept: the directory of console `guest/ID/serial0` is `ROOT/guest/ID/serial0`. */
export interface ConsoleDirectories {
  /** The directory of a console. Its id fits the contract's `consoleId`, so no part of it can leave the root. */
  of(id: string): string;
  has(id: string): boolean;
  list(): string[];
  remove(id: string): void;
}

export function consoleDirectories(root: string): ConsoleDirectories {
  removeEmptyFolders(root);
  const of = (id: string): string => join(root, ...id.split('/'));
  return {
    of,
    has: (id) => existsSync(of(id)),
    list: () =>
      globSync(['guest/*/{serial,ssh,shell}[0-9]*', 'guest/*/monitor', 'run/*/*/serial*'], { cwd: root })
        .map((path) => path.split(sep).join('/'))
        .sort(),
    remove(id) {
      rmSync(of(id), { recursive: true, force: true });
      removeEmpty(dirname(of(id)), root);
    },
  };
}

/** A lab that was killed while it made or removed a console may have left folders without one, deepest first here. */
function removeEmptyFolders(root: string): void {
  for (const pattern of ['run/*/*', 'run/*', 'guest/*']) {
    for (const folder of globSync(pattern, { cwd: root })) removeEmpty(join(root, folder), root);
  }
}

/** Removes a folder, and the one around it, up to the root, as long as nothing else is in them. */
function removeEmpty(directory: string, root: string): void {
  if (directory === root) return;
  try {
    rmdirSync(directory);
    removeEmpty(dirname(directory), root);
  } catch {
    // Another console is in it, or it is gone already.
  }
}
