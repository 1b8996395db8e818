import { statSync } from 'node:fs';

/** What a file takes on its file system, holes left out; null when there is none. */
export function fileBytes(path: string): number | null {
  const status = statSync(path, { throwIfNoEntry: false });
  // Windows has no blocks: the length is the best that it tells.
  return status === undefined ? null : process.platform === 'win32' ? status.size : status.blocks * 512;
}
