// Runs on the system's Node (20 or newer) and hands over to the Node that `npm ci` brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** The Node of the project, or null before `npm ci` has run. */
export function findProjectNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const packaged = join(root, 'node_modules', `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`, 'bin', name);
  if (existsSync(packaged)) return packaged;
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null;
}

/**
 * Runs a TypeScript file of the project on the project's Node, with this process' terminal, and ends as it ended.
 * Signals of a terminal reach both processes; those that are sent to this one are passed on.
 */
export async function runOnProjectNode(file, args = process.argv.slice(2), environment = {}) {
  const node = findProjectNode();
  if (node === null) {
    process.stderr.write(`Petri needs Node 24, which npm brings on Linux and on Windows with an x64 processor. Run: npm ci\nElsewhere install Node 24 from https://nodejs.org (this is Node ${process.versions.node}).\n`);
    process.exit(1);
  }
  const child = spawn(node, [join(root, file), ...args], { stdio: 'inherit', env: { ...process.env, ...environment } });
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, endSignal) => resolve([exitCode, endSignal]));
  });
  process.off('SIGINT', ignore);
  process.exitCode = signal === null ? code : 128 + (signal === 'SIGINT' ? 2 : 15);
}
