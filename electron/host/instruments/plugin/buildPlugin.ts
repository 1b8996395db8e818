import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DeclaredError } from '../../../contract/errors.ts';
import { runProcess } from '../../process/runProcess.ts';
import { partialPath } from '../../storage/writeFileAtomically.ts';

export interface PluginBuild {
  /** The folder with the plugin's C files. */
  readonly sourceDirectory: string;
  /** Where built plugins are kept; several labs may use it at once. */
  readonly cacheDirectory: string;
  readonly compiler: string;
  /** A digest of the QEMU program for which it is built. */
  readonly qemuId: string;
  /** The level of QEMU's plugin interface. */
  readonly level: number;
  readonly signal?: AbortSignal;
}

/** Two seconds on an idle machine; the limit is for a compiler that hangs. */
const BUILD_LIMIT_MS = 120_000;

const OPTIONS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-fPIC', '-shared', '-fvisibility=hidden'];

async function sourcesOf(directory: string): Promise<{ units: string[]; digest: string }> {
  const files = (await readdir(directory)).filter((name) => ['.c', '.h'].includes(extname(name))).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(directory, file))).update('\0');
  return { units: files.filter((name) => extname(name) === '.c').map((name) => join(directory, name)), digest: hash.digest('hex') };
}

/**
 * The plugin for one QEMU: built when there is none of these sources, this QEMU, this level and this compiler yet. It gets its name when
 * it is whole, so labs that build the same at once do not harm each other.
 * Throws PLUGIN_BUILD_FAILED with the compiler's words.
 */
export async function buildPlugin({ sourceDirectory, cacheDirectory, compiler, qemuId, level, signal }: PluginBuild): Promise<string> {
  const { units, digest } = await sourcesOf(sourceDirectory);
  const name = createHash('sha256').update([digest, qemuId, level, compiler, ...OPTIONS].join('\0')).digest('hex').slice(0, 32);
  const path = join(cacheDirectory, `${name}.so`);
  if (existsSync(path)) return path;
  await mkdir(cacheDirectory, { recursive: true, mode: 0o700 });
  const partial = partialPath(cacheDirectory);
  const args = [...OPTIONS, `-DPETRI_LEVEL=${level}`, ...units, '-o', partial, '-lpthread', '-ldl'];
  try {
    await runProcess(compiler, args, { timeLimitMs: BUILD_LIMIT_MS, ...(signal && { signal }) });
    await rename(partial, path);
  } catch (error) {
    if (error instanceof DeclaredError && error.failure.code === 'PROCESS_FAILED') throw new DeclaredError('PLUGIN_BUILD_FAILED', error.failure.details, { cause: error });
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}
