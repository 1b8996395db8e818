import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DeclaredError } from '../contract/errors.ts';

/** Where one lab keeps what it knows, and where it is found while it runs. */
export interface LabPaths {
  readonly dataDirectory: string;
  /** For sockets only: short, since the path of a Unix socket may have 107 bytes (unix(7)). */
  readonly runDirectory: string;
  /** The lab's socket; on Windows the name of its pipe. */
  readonly socketPath: string;
  readonly logPath: string;
  /** What the lab said before it could open its log. */
  readonly stderrPath: string;
}

/** What the defaults depend on; tests give their own. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly user: string;
}

export function ownSurroundings(): Surroundings {
  const user = process.getuid?.().toString() ?? userInfo().username;
  return { platform: process.platform, environment: process.env, home: homedir(), user };
}

/** The data directory when none is named: where each platform keeps an application's data. */
export function defaultDataDirectory({ platform, environment, home }: Surroundings = ownSurroundings()): string {
  const named = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const own = named('PETRI_DATA');
  if (own !== undefined) return resolve(own);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Petri');
  if (platform === 'win32') return join(named('APPDATA') ?? join(home, 'AppData', 'Roaming'), 'Petri');
  return join(named('XDG_DATA_HOME') ?? join(home, '.local', 'share'), 'petri');
}

/** All paths of the lab of a data directory. Two names of one directory give the same lab. */
export function labPaths(dataDirectory = defaultDataDirectory(), surroundings = ownSurroundings()): LabPaths {
  const canonical = canonicalPath(resolve(dataDirectory));
  const key = createHash('sha256').update(canonical).digest('hex').slice(0, 8);
  const runDirectory = runDirectoryOf(key, surroundings);
  return {
    dataDirectory: canonical,
    runDirectory,
    socketPath: surroundings.platform === 'win32' ? `\\\\.\\pipe\\petri-${surroundings.user}-${key}` : join(runDirectory, 'lab.sock'),
    logPath: join(canonical, 'logs', 'lab.log'),
    stderrPath: join(runDirectory, 'lab.stderr'),
  };
}

function runDirectoryOf(key: string, { platform, environment, user }: Surroundings): string {
  const session = environment['XDG_RUNTIME_DIR'];
  if (platform === 'win32') return join(tmpdir(), `petri-${key}`);
  // macOS's own TMPDIR is too long for a socket.
  return session === undefined || session === '' ? join('/tmp', `petri-${user}`, key) : join(session, 'petri', key);
}

/** Resolves symbolic links in the part of a path that exists. */
function canonicalPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(canonicalPath(parent), basename(path));
  }
}

/**
 * Makes the run directory so that only this user can look into it, and refuses with PATH_REFUSED one that another
 * user made before in a shared place such as /tmp: whoever owns it could put a socket of his own there.
 */
export function openRunDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (process.getuid === undefined) return;
  for (const directory of [dirname(path), path]) {
    const { uid } = lstatSync(directory);
    const isOwn = lstatSync(directory).isDirectory() && uid === process.getuid();
    if (!isOwn) throw new DeclaredError('PATH_REFUSED', { path: directory, reason: `it belongs to user ${uid}, so sockets in it are not private` });
  }
  chmodSync(path, 0o700);
}
