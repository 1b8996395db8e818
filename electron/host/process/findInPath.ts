import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of a program that can be run, or null when no directory of the search path has it. */
export async function findInPath(program: string, searchPath = process.env['PATH'] ?? ''): Promise<string | null> {
  const file = process.platform === 'win32' ? `${program}.exe` : program;
  for (const directory of searchPath.split(delimiter).filter((part) => part !== '')) {
    const path = join(directory, file);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this directory.
    }
  }
  return null;
}
