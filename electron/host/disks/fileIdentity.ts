import { statSync } from 'node:fs';

/** What is the same for all names of one file, symbolic and hard links too; null for a file that cannot be looked at. */
export function fileIdentity(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null; // Whoever opens it says what is wrong.
  }
}
