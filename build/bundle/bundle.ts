// Bundles what is there: the Node programs with esbuild, the page with Vite.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProgram, programs } from './programs.ts';
import { root } from '../paths.ts';

const pageConfig = 'build/vite.config.ts';

async function bundlePage(): Promise<void> {
  const { build } = await import('vite');
  await build({ configFile: join(root, pageConfig), configLoader: 'native', logLevel: 'warn', mode: 'production' });
}

/** Builds dist/ and returns what was built, for one line of output. */
async function bundle(only: readonly string[]): Promise<string[]> {
  const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
  const present = programs.filter(({ name, entry }) => wanted(name) && existsSync(join(root, entry)));
  const built = present.map(async (program): Promise<string> => {
    await bundleProgram(program);
    return program.name;
  });
  if (wanted('renderer') && existsSync(join(root, 'renderer/index.html'))) built.push(bundlePage().then(() => 'renderer'));
  return Promise.all(built);
}

const names = await bundle(process.argv.slice(2));
process.stdout.write(`built: ${names.length === 0 ? 'nothing' : names.join(', ')}\n`);
