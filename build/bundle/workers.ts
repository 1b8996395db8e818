import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const workerAddress = /new URL\(\s*'(\.{1,2}\/[^']+Worker)\.ts',\s*import\.meta\.url\s*\)/g;

/**
 * Bundles every file that a source names as `new URL('./someWorker.ts', import.meta.url)` beside the program, and
 * points the address there. In development the same line runs the .ts file itself.
 */
export function workers(shared: BuildOptions, banner: string): Plugin {
  return {
    name: 'workers',
    setup(bundle) {
      const { outdir = dirname(bundle.initialOptions.outfile ?? '') } = bundle.initialOptions;
      bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const found = [...source.matchAll(workerAddress)].map(([, file]) => resolve(dirname(path), `${file ?? ''}.ts`));
        await Promise.all(
          found.map((entry) =>
            build({ ...shared, entryPoints: [entry], outfile: join(outdir, `${basename(entry, '.ts')}.js`), format: 'esm', banner: { js: banner } }),
          ),
        );
        const contents = source.replaceAll(workerAddress, (_, file: string) => `new URL('./${basename(file)}.js', import.meta.url)`);
        return { contents, loader: 'ts' };
      });
    },
  };
}
