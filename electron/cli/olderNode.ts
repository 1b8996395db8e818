import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The release of Node for which Petri is built. */
const NEEDED = 24;

export function isOldNode(version: string): boolean {
  return Number(version.split('.')[0]) < NEEDED;
}

/** The Node that npm brings with Petri, or null where it has brought none. */
function projectNode(): string | null {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', name);
  } catch {
    return null;
  }
}

/**
 * Runs the same words on the project's Node with this process' terminal and resolves with its exit code; where there is
 * none, says what is needed. Signals of a terminal reach both processes; those that are sent to this one are passed on.
 */
export async function handOver(words: readonly string[]): Promise<number> {
  const node = projectNode();
  if (node === null) {
    process.stderr.write(`error: Petri needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}. In its folder run: npm ci && npm run petri\n`);
    return 1;
  }
  const child = spawn(node, words, { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15)));
  });
}
