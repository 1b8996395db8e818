import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { runProcess } from '../process/runProcess.ts';

/** The architectures of Debian that Petri makes guests for. */
export type DebianArchitecture = 'amd64' | 'armhf';

/** Apt's longest step here fetches a kernel of 70 MB; ten minutes are for a slow line. */
const STEP_LIMIT_MS = 600_000;

export interface DebianPackages {
  /** Fetches the newest version of each package, checked by apt against the signed lists, and answers the files that wait to be unpacked. */
  download(names: readonly string[]): Promise<string[]>;
  /** The first package that `name` depends on and whose name matches, for example the kernel that a metapackage stands for. */
  dependency(name: string, pattern: RegExp): Promise<string>;
  /** The libraries that packages need, by their packages' names. */
  librariesOf(names: readonly string[]): Promise<string[]>;
  /** Unpacks the files of packages into a directory, without running anything of theirs. */
  unpack(files: readonly string[], directory: string): Promise<void>;
}

export interface PackageWork {
  /** What is made, for people. */
  readonly wanted: string;
  /** A directory of its own, for lists and packages. */
  readonly directory: string;
  readonly architecture: DebianArchitecture;
  readonly signal: AbortSignal;
}

/** Apt's options for a world of its own below a directory, which any user may have; only the sources are the system's. */
function privateWorld(directory: string, architecture: DebianArchitecture): string[] {
  const options = {
    'APT::Architecture': architecture,
    'APT::Architectures::': architecture,
    'Dir::State::Lists': join(directory, 'lists'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': join(directory, 'cache'),
    // Without a list of what is installed, everything essential would be wanted too.
    'pkgCacheGen::Essential': 'none',
    // Only root can change to apt's own user, who then could not write here.
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': '1',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

async function makeWorld(directory: string): Promise<void> {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'packages']) await mkdir(join(directory, folder), { recursive: true });
  await writeFile(join(directory, 'status'), '');
}

/** What a failed step of apt means for who wanted the packages; a cancelled one stays what it is. */
function unavailable(error: unknown, wanted: string, packages: readonly string[]): unknown {
  if (!(error instanceof DeclaredError) || error.failure.code !== 'PROCESS_FAILED' || error.failure.details.cancelled) return error;
  const { command, exitCode, stderrTail } = error.failure.details;
  const words = stderrTail.trim().split('\n').at(-1) ?? '';
  const reason = exitCode === null ? `${command}: ${words}` : `${command} ended with exit code ${exitCode}: ${words}`;
  return new DeclaredError('PACKAGES_UNAVAILABLE', { wanted, packages: [...packages], reason }, { cause: error });
}

/**
 * Debian's packages at run time, as any user: apt fetches and checks them in a world of its own, and nothing is installed.
 * Throws PACKAGES_UNAVAILABLE where there is no apt, or its lists do not have what is wanted.
 */
export async function openDebianPackages({ wanted, directory, architecture, signal }: PackageWork): Promise<DebianPackages> {
  const world = privateWorld(directory, architecture);
  const packages = join(directory, 'packages');
  const run = async (program: string, words: readonly string[], wantedPackages: readonly string[]): Promise<string> => {
    try {
      return (await runProcess(program, words, { timeLimitMs: STEP_LIMIT_MS, signal, cwd: packages, outputLimitCharacters: 16_777_216 })).stdout;
    } catch (error) {
      throw unavailable(error, wanted, wantedPackages);
    }
  };
  const apt = (program: 'apt-get' | 'apt-cache', words: readonly string[], names: readonly string[]): Promise<string> => run(program, [...world, ...words], names);

  await makeWorld(directory);
  // A source that is out of reach or inconsistent does not matter if the others have what is wanted; the next steps tell.
  await apt('apt-get', ['--quiet=2', 'update'], []).catch((error: unknown) => {
    const gone = error instanceof DeclaredError && error.failure.code === 'PACKAGES_UNAVAILABLE' && !error.failure.details.reason.includes('exit code');
    if (gone || signal.aborted) throw error;
  });

  return {
    async download(names) {
      await apt('apt-get', ['--quiet=2', 'download', ...names], names);
      return (await readdir(packages)).map((file) => join(packages, file));
    },
    async dependency(name, pattern) {
      const words = await apt('apt-cache', ['show', '--no-all-versions', name], [name]);
      const dependencies = /^Depends: (.*)$/m.exec(words)?.[1]?.split(/, |\|/).map((part) => part.trim().split(' ')[0] ?? '') ?? [];
      const found = dependencies.find((dependency) => pattern.test(dependency));
      if (found !== undefined) return found;
      throw new DeclaredError('PACKAGES_UNAVAILABLE', { wanted, packages: [name], reason: `${name} depends on no package like ${String(pattern)}` });
    },
    async librariesOf(names) {
      const closure = await apt('apt-get', ['--quiet=2', 'install', '--print-uris', '--yes', '--no-install-recommends', ...names], names);
      // Each line has the address, the file (NAME_VERSION_ARCHITECTURE.deb), its size and its digest.
      return [...closure.matchAll(/^'[^']*' ((?:lib|zlib)[^_ ]*)_/gm)].map(([, name]) => name ?? '');
    },
    async unpack(files, target) {
      await mkdir(target, { recursive: true });
      for (const file of files) {
        await run('dpkg-deb', ['--extract', file, target], []);
        await rm(file);
      }
    },
  };
}
