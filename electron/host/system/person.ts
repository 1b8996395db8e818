import { homedir, userInfo } from 'node:os';
import type { Secrets } from '../../core/diagnostics/redact.ts';

/** Who uses this machine, so that a report can leave it out. */
export function readPerson(): Secrets {
  return { homeDirectories: [homedir()], userNames: userNames() };
}

function userNames(): string[] {
  try {
    return [userInfo().username];
  } catch {
    // A user without an entry in the system's list, as in some containers, has no name to cover.
    return [];
  }
}
