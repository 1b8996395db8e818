// The build, only when a source has changed since the last one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectNode } from './projectNode.mjs';
import { root } from './root.mjs';
import { runLogged, say } from './steps.mjs';

const SOURCES = ['electron', 'renderer', 'resources', 'build/bundle', 'build/vite.config.ts', 'package-lock.json'];
const stamp = join(root, 'dist', '.sources');

function* filesOf(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return yield path;
  for (const name of readdirSync(path).sort()) yield* filesOf(join(path, name));
}

/** A digest of every source's name and bytes. */
export function digestOfSources(folder = root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesOf(join(folder, source))) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** The name of a build: short, and different for different sources. */
export const buildOf = (digest) => digest.slice(0, 12);

export async function buildWhenChanged() {
  const digest = digestOfSources();
  const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (built === digest) return;
  say('build: bundling the programs and the page …');
  await runLogged('build', findProjectNode(), [join(root, 'build/bundle/bundle.ts')], { PETRI_BUILD: buildOf(digest) });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, digest);
  say('build: done');
}
