import { rmSync } from 'node:fs';

/** Removes a file that may be there. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
