import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root } from '../paths.ts';
import type { Surroundings } from './chooseShell.ts';

// Offline the first limit decides, on a slow line the second one: the runtime has about 110 MB.
const REACHABLE_LIMIT_MS = 3_000;
const FETCH_LIMIT_MS = 180_000;

const programNames: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};
const programName = programNames[process.platform] ?? 'electron';

/** The runtime that is on this machine already: the one the environment names, or the one that was fetched before. */
export function findElectron(environment: NodeJS.ProcessEnv = process.env, folder = root): Surroundings['electron'] {
  const named = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  if (named !== undefined && named !== '') {
    const program = join(named, programName);
    return existsSync(program) ? { program, from: named } : { missing: `ELECTRON_OVERRIDE_DIST_PATH holds no ${programName}` };
  }
  const program = join(folder, 'node_modules/electron/dist', programName);
  return existsSync(program) ? { program, from: 'node_modules/electron' } : { missing: 'the runtime of Electron is not on this machine' };
}

function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: REACHABLE_LIMIT_MS });
    const answer = (reachable: boolean): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}

/** Lets Electron's own installer fetch and verify the runtime. Returns why it did not, or null. */
function fetchRuntime(): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/electron/install.js')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: FETCH_LIMIT_MS,
      env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '' },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : (said.split('\n').find((line) => line.includes('Error')) ?? `its installer ended with ${String(code)}`)));
  });
}

/** Finds Electron's runtime, or fetches it where its server answers at once. */
export async function obtainElectron(say: (text: string) => void): Promise<Surroundings['electron']> {
  const found = findElectron();
  if ('program' in found || process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined) return found;
  const server = new URL(process.env['ELECTRON_MIRROR'] ?? 'https://github.com');
  if (!(await isReachable(server.hostname, Number(server.port || 443)))) return { missing: `${found.missing} and ${server.hostname} cannot be reached to fetch it` };
  say('fetching the runtime of Electron (about 110 MB, once) …');
  const reason = await fetchRuntime();
  const fetched = findElectron();
  return 'program' in fetched ? fetched : { missing: `the runtime of Electron could not be fetched: ${reason ?? 'it is not where it should be'}` };
}
