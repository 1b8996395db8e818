import { findInPath } from '../../process/findInPath.ts';

/** The system's own C compiler by its usual names; the first that is there. */
const NAMES = ['cc', 'gcc', 'clang'];

/** The path of a C compiler, or null when the search path has none. */
export async function findCompiler(searchPath?: string): Promise<string | null> {
  for (const name of NAMES) {
    const path = await findInPath(name, searchPath);
    if (path !== null) return path;
  }
  return null;
}
