// `npm ci`, only when what is installed is not what the lockfile says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runLogged, say } from './steps.mjs';

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * Whether `installed` (npm's own record in node_modules, which it writes last) is what `locked` (package-lock.json) asks
 * for. Optional packages of other platforms may be absent.
 */
export function isInstalled(locked, installed) {
  if (locked === null || installed === null) return false;
  const names = Object.keys(locked).filter((name) => name !== '');
  const complete = names.every((name) => {
    const present = installed[name];
    return present === undefined ? locked[name].optional === true : present.version === locked[name].version;
  });
  return complete && Object.keys(installed).every((name) => name === '' || name in locked);
}

/** Whether `npm ci` would change anything below `folder`. */
export function dependenciesAreCurrent(folder = root) {
  const native = ['node-pty/build/Release/pty.node', 'node-pty/prebuilds'].some((part) => existsSync(join(folder, 'node_modules', part)));
  return native && isInstalled(packagesOf(join(folder, 'package-lock.json')), packagesOf(join(folder, 'node_modules', '.package-lock.json')));
}

/**
 * The folder with the C headers of the Node that the project runs on. npm unpacks every package before it runs the
 * first install script, so node-gyp finds them there and downloads nothing.
 */
function headersFolder() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  return join(root, 'node_modules', `node-${system}-${process.arch}`);
}

/** Installs exactly what the lockfile names; every setting that matters is given here and none is taken from the user. */
export async function installDependencies() {
  say('npm packages: installing (about half a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const settings = ['--include=dev', '--include=optional', '--ignore-scripts=false', '--no-audit', '--no-fund', '--foreground-scripts'];
  await runLogged('npm-ci', npm, ['ci', ...settings], {
    npm_config_nodedir: headersFolder(),
    npm_config_update_notifier: 'false',
    NODE_ENV: '',
    // The runtime of Electron is fetched when a window is wanted, never while packages are installed.
    ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
  });
  say('npm packages: installed');
}
