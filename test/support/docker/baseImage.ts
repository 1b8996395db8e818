import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../../electron/host/process/runProcess.ts';

/** The release of this machine, of which the package lists are near. */
function codename(): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] ?? 'bookworm';
}

/** QEMU for all recipes, what carries sockets, and what the tests run inside. Nothing is configured: it is only unpacked. */
const packages = ['base-files', 'dash', 'coreutils', 'socat', 'qemu-system-x86', 'qemu-system-arm', 'qemu-utils'];
const left = ['doc', 'man', 'locale'].flatMap((folder) => ['--dpkgopt', `path-exclude=/usr/share/${folder}/*`]);
const args = ['--quiet', '--variant=extract', `--include=${packages.join(',')}`, ...left, codename()];

/** Making it takes half a minute, fetching included; a busy machine needs several times that. */
const MAKE_LIMIT_MS = 300_000;

const cache = join(import.meta.dirname, '../../../node_modules/.cache/petri');

/**
 * A file system with QEMU in it as a tar, made from the distribution's packages without any registry of images. It is
 * kept between runs under a digest of how it is made; two runs that make it at once do not mix.
 */
export async function baseImage(): Promise<string> {
  const path = join(cache, `docker-base-${createHash('sha256').update(args.join(' ')).digest('hex').slice(0, 16)}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const making = `${path}.${process.pid}.tar`;
  process.stderr.write('making the base image of the Docker tests with mmdebstrap …\n');
  try {
    await runProcess('mmdebstrap', [...args, making], { timeLimitMs: MAKE_LIMIT_MS });
    renameSync(making, path);
  } finally {
    rmSync(making, { force: true });
  }
  return path;
}
