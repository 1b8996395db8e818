import { build, type BuildOptions } from 'esbuild';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { root } from '../paths.ts';
import { workers } from './workers.ts';

export interface Program {
  readonly name: 'main' | 'preload' | 'server' | 'cli';
  readonly entry: string;
  readonly outfile: string;
}

/**
 * Each program becomes one file, and what it loads at run time besides are only the two native packages. The command line
 * is two: its entry has to be understood by a Node that is too old for the rest.
 */
export const programs: readonly Program[] = [
  { name: 'main', entry: 'electron/main/index.ts', outfile: 'dist/main/index.js' },
  // A sandboxed preload must be CommonJS.
  { name: 'preload', entry: 'electron/preload/index.ts', outfile: 'dist/preload/index.cjs' },
  { name: 'server', entry: 'electron/server/index.ts', outfile: 'dist/server/index.js' },
  { name: 'cli', entry: 'electron/cli/index.ts', outfile: 'dist/cli/index.js' },
];

const native = ['better-sqlite3', 'node-pty', 'cpu-features'];

// CommonJS packages inside an ESM bundle expect these three names.
const commonJsNames = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

// Both sides of the hello compare the build; one that was not made by a script of the project says so.
const identity = {
  __PETRI_BUILD__: JSON.stringify(process.env['PETRI_BUILD'] ?? 'development'),
  __PETRI_VERSION__: JSON.stringify(manifest.version),
};

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
  external: ['electron', ...native],
  // An optional native part of ssh2, which dockerode brings along: absent, it is written in JavaScript.
  loader: { '.node': 'empty' },
  legalComments: 'none',
  define: identity,
} satisfies BuildOptions;

function programOptions(program: Program): BuildOptions {
  const files = { entryPoints: [join(root, program.entry)] };
  if (program.name === 'preload') return { ...shared, ...files, format: 'cjs' };
  const parts = program.name === 'cli' ? { splitting: true, chunkNames: '[name]-[hash]' } : {};
  return { ...shared, ...files, ...parts, format: 'esm', banner: { js: commonJsNames }, plugins: [workers(shared, commonJsNames)] };
}

/** Builds a program into a folder of its own. */
export async function bundleInto(program: Program, folder: string): Promise<void> {
  const name = basename(program.outfile);
  const place = program.name === 'cli' ? { outdir: folder } : { outfile: join(folder, name) };
  await build({ ...programOptions(program), ...place });
}

/** Bundles beside the last build and then takes its place, so that nobody meets half a program. */
export async function bundleProgram(program: Program): Promise<void> {
  const folder = join(root, 'dist', program.name);
  const fresh = `${folder}.${process.pid}`;
  try {
    await bundleInto(program, fresh);
    await takePlace(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Two renames, so that two builds at once cannot mix; where another one was first, its result stays. */
async function takePlace(fresh: string, folder: string): Promise<void> {
  const old = `${fresh}.old`;
  await rename(folder, old).catch(ignore('ENOENT'));
  await rename(fresh, folder).catch(ignore('ENOTEMPTY'));
  await rm(old, { recursive: true, force: true });
}

function ignore(code: string): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
