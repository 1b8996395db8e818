import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../process/runProcess.ts';

/** ssh-keygen needs milliseconds; this is for a host that swaps. */
const LIMIT_MS = 30_000;
const FOLDER = 'key';
const NAME = 'id_ed25519';

/** Where the key is, below the directory of Petri's SSH files. */
export const KEY_FILE = `${FOLDER}/${NAME}`;

/** Reads the public half, in one line, or null when there is no key yet. */
export function readPublicKey(directory: string): string | null {
  const path = join(directory, FOLDER, `${NAME}.pub`);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/**
 * Makes the key that Petri logs in with: one for each data directory, without a passphrase, for this user only. It comes with
 * both halves in one rename, so a lab that is killed leaves a whole key or none. Throws PROCESS_FAILED.
 */
export async function makeKey(directory: string, keygen: string): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const making = mkdtempSync(join(directory, '.making-'));
  try {
    await runProcess(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'petri', '-f', join(making, NAME)], { timeLimitMs: LIMIT_MS });
    renameSync(making, join(directory, FOLDER));
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return readFileSync(join(directory, FOLDER, `${NAME}.pub`), 'utf8').trim();
}
