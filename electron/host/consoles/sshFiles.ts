import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The files beside the key: the hosts that are known, one file for each guest, and what ssh says of each login. */
export interface SshFiles {
  readonly directory: string;
  /** Relative to the directory, as ssh gets it. */
  knownHosts(guest: string): string;
  knows(guest: string): boolean;
  forget(guest: string): void;
  /** A new file for the words of one ssh; `words` reads it, `remove` takes it away. */
  log(name: string): { readonly file: string; words(): string; remove(): void };
}

/** Opens the directory, for this user only, and removes what the logins of a lab that was killed left. */
export function openSshFiles(directory: string): SshFiles {
  mkdirSync(join(directory, 'hosts'), { recursive: true, mode: 0o700 });
  for (const left of globSync(['login-*.log', '.making-*'], { cwd: directory })) rmSync(join(directory, left), { recursive: true, force: true });
  const knownHosts = (guest: string): string => `hosts/${guest}`;
  return {
    directory,
    knownHosts,
    knows: (guest) => existsSync(join(directory, knownHosts(guest))),
    forget: (guest) => rmSync(join(directory, knownHosts(guest)), { force: true }),
    log(name) {
      const file = `login-${name}.log`;
      const path = join(directory, file);
      return {
        file,
        words: () => (existsSync(path) ? readFileSync(path, 'utf8').trim() : ''),
        remove: () => rmSync(path, { force: true }),
      };
    },
  };
}
