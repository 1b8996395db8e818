import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { isAtLeast, MINIMUM_QEMU, parseQemuVersion } from '../../core/guests/qemuVersion.ts';
import { runProcess } from '../process/runProcess.ts';

/** `--version` takes some 20 ms; a program that needs longer than this is not QEMU, or the machine is in trouble. */
const VERSION_LIMIT_MS = 10_000;

const debianPackage: Record<Architecture, string> = {
  i386: 'qemu-system-x86',
  x86_64: 'qemu-system-x86',
  arm: 'qemu-system-arm',
  aarch64: 'qemu-system-arm',
};

function installAdvice(architecture: Architecture): string {
  if (process.platform === 'darwin') return 'Install QEMU: brew install qemu';
  if (process.platform === 'win32') return 'Install QEMU from https://www.qemu.org/download/#windows';
  return `Install QEMU: sudo apt-get install ${debianPackage[architecture]}`;
}

/** A program named in the settings, or the first of that name in the search path. */
async function findProgram(architecture: Architecture, named: string | undefined, searchPath: string): Promise<string> {
  const name = named ?? `qemu-system-${architecture}${process.platform === 'win32' ? '.exe' : ''}`;
  const directories = searchPath.split(delimiter).filter((directory) => directory !== '');
  const candidates = isAbsolute(name) ? [name] : directories.map((directory) => join(directory, name));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) return candidate;
    } catch {
      // Not here, or not to be executed: the next one.
    }
  }
  throw new DeclaredError('QEMU_MISSING', { program: name, searched: isAbsolute(name) ? [name] : directories, install: installAdvice(architecture) });
}

async function contentDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex').slice(0, 16);
}

async function identify(program: string): Promise<QemuBuild> {
  const output = await runProcess(program, ['--version'], { timeLimitMs: VERSION_LIMIT_MS }).catch((error: unknown) => {
    if (!(error instanceof DeclaredError) || error.code !== 'PROCESS_FAILED') throw error;
    throw new DeclaredError('QEMU_UNUSABLE', { program, output: (error as DeclaredError<'PROCESS_FAILED'>).details.stderrTail.slice(-500) }, { cause: error });
  });
  const found = parseQemuVersion(output.stdout);
  if (found === null) throw new DeclaredError('QEMU_UNUSABLE', { program, output: output.stdout.slice(0, 500) });
  if (!isAtLeast(found.version, MINIMUM_QEMU)) throw new DeclaredError('QEMU_TOO_OLD', { program, version: found.version, minimum: MINIMUM_QEMU });
  return { id: await contentDigest(program), program, ...found };
}

const known = new Map<string, QemuBuild>();

/**
 * The QEMU for an architecture: the one that `programs` names, else the first on `searchPath`. Its `id` is a digest of the
 * program itself; a program whose file is unchanged is not asked again.
 * Throws QEMU_MISSING, QEMU_TOO_OLD and QEMU_UNUSABLE.
 */
export async function findQemu(
  architecture: Architecture,
  programs: Partial<Record<Architecture, string>> = {},
  searchPath = process.env['PETRI_QEMU_PATH'] ?? process.env['PATH'] ?? '',
): Promise<QemuBuild> {
  const program = await findProgram(architecture, programs[architecture], searchPath);
  const { size, mtimeMs, ino } = await stat(program);
  const key = [program, size, mtimeMs, ino].join('|');
  const build = known.get(key) ?? (await identify(program));
  known.set(key, build);
  return build;
}
