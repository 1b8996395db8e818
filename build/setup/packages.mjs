// Which programs of the system a command needs, and how they get there.
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runLogged, say, SetUpFailure } from './steps.mjs';

const LISTS_ARE_OLD_AFTER_MS = 24 * 60 * 60 * 1000;
const APT_LISTS = '/var/lib/apt/lists';

/** Each need by what it is for: any one of `programs` satisfies it. */
export const needs = {
  compiler: { programs: ['g++'], debian: 'g++', fedora: 'gcc-c++', brew: null },
  make: { programs: ['make'], debian: 'make', fedora: 'make', brew: null },
  python: { programs: ['python3'], debian: 'python3', fedora: 'python3', brew: null },
  qemuX86: { programs: ['qemu-system-i386', 'qemu-system-x86_64'], debian: 'qemu-system-x86', fedora: 'qemu-system-x86', brew: 'qemu' },
  qemuArm: { programs: ['qemu-system-arm'], debian: 'qemu-system-arm', fedora: 'qemu-system-arm', brew: 'qemu' },
  qemuImg: { programs: ['qemu-img'], debian: 'qemu-utils', fedora: 'qemu-img', brew: 'qemu' },
  browser: { programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'], debian: 'chromium', fedora: 'chromium', brew: '--cask chromium' },
  pdf: { programs: ['pdftotext'], debian: 'poppler-utils', fedora: 'poppler-utils', brew: 'poppler' },
  ssh: { programs: ['ssh'], debian: 'openssh-client', fedora: 'openssh-clients', brew: null },
  sshd: { programs: ['sshd'], debian: 'openssh-server', fedora: 'openssh-server', brew: null },
  dockerEngine: { programs: ['dockerd'], debian: 'docker.io', fedora: 'moby-engine', brew: null },
  dockerClient: { programs: ['docker'], debian: 'docker.io', fedora: 'docker-cli', brew: null },
  compose: { programs: ['docker-compose'], debian: 'docker-compose', fedora: 'docker-compose', brew: null },
  baseImages: { programs: ['mmdebstrap'], debian: 'mmdebstrap', fedora: 'mmdebstrap', brew: null },
  networks: { programs: ['ip'], debian: 'iproute2', fedora: 'iproute', brew: null },
  packetFilter: { programs: ['iptables'], debian: 'iptables', fedora: 'iptables-nft', brew: null },
  xz: { programs: ['xz'], debian: 'xz-utils', fedora: 'xz', brew: 'xz' },
  bzip2: { programs: ['bzip2'], debian: 'bzip2', fedora: 'bzip2', brew: null },
  zip: { programs: ['zip'], debian: 'zip', fedora: 'zip', brew: null },
  strace: { programs: ['strace'], debian: 'strace', fedora: 'strace', brew: null },
  bpftrace: { programs: ['bpftrace'], debian: 'bpftrace', fedora: 'bpftrace', brew: null },
  shellcheck: { programs: ['shellcheck'], debian: 'shellcheck', fedora: 'ShellCheck', brew: 'shellcheck' },
};

export const needsOf = {
  native: ['compiler', 'make', 'python'],
  qemu: ['qemuX86', 'qemuArm', 'qemuImg'],
  browser: ['browser'],
  pdf: ['pdf'],
  docker: ['dockerEngine', 'dockerClient', 'compose', 'baseImages', 'networks', 'packetFilter', 'shellcheck'],
  ssh: ['ssh', 'sshd'],
  archives: ['xz', 'bzip2', 'zip'],
  tracing: ['strace', 'bpftrace'],
};

/** Where Debian keeps daemons, outside the PATH of users other than root. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/** The full path of the first of these programs on PATH or among the system's daemons, or null. */
export function findProgram(programs, path = [process.env.PATH ?? '', ...SYSTEM_FOLDERS].join(delimiter)) {
  for (const folder of path.split(delimiter)) {
    for (const program of programs) {
      const file = join(folder, program);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not here: the next folder may have it.
      }
    }
  }
  return null;
}

/** The names of those needs that nothing on PATH satisfies. */
export function missingOf(names, path) {
  return names.filter((name) => findProgram(needs[name].programs, path) === null);
}

/** The command that a person would type as root on this kind of system, or null where we know none. */
export function installCommand(missing, has = (program) => findProgram([program]) !== null) {
  const packages = (system) => [...new Set(missing.map((name) => needs[name][system]).filter((name) => name !== null))].join(' ');
  if (has('apt-get')) return `apt-get update && apt-get install -y --no-install-recommends ${packages('debian')}`;
  if (has('dnf')) return `dnf install -y ${packages('fedora')}`;
  if (has('brew')) return `brew install ${packages('brew')}`;
  return null;
}

function listsAreOld() {
  if (!existsSync(APT_LISTS) || !readdirSync(APT_LISTS).some((name) => name.includes('_Packages'))) return true;
  return Date.now() - statSync(APT_LISTS).mtimeMs > LISTS_ARE_OLD_AFTER_MS;
}

async function installWithApt(packages) {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = () => runLogged('apt-update', 'apt-get', ['update'], quiet);
  const install = () => runLogged('apt-install', 'apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet);
  if (listsAreOld()) return update().then(install);
  // Young lists can still name versions that are gone from the archive, or lack a package: then they are fetched anew.
  return install().catch(() => update().then(install));
}

/** Makes every named program present, or stops with the exact command that would. */
export async function installPackages(names) {
  const missing = missingOf(names);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((name) => needs[name].debian))];
  const command = installCommand(missing);
  const mayInstall = process.getuid?.() === 0 && findProgram(['apt-get']) !== null;
  if (!mayInstall) {
    const programs = missing.map((name) => needs[name].programs[0]).join(', ');
    const advice = command === null ? 'Install them with the package manager of this system.' : `Run this${command.startsWith('brew') ? '' : ' as root'}, then try again:\n    ${command}`;
    throw new SetUpFailure(`Programs that Petri needs are missing: ${programs}.\n${advice}`);
  }
  say(`system packages: installing ${packages.join(' ')} …`);
  await installWithApt(packages);
  const still = missingOf(names);
  if (still.length > 0) throw new SetUpFailure(`apt-get installed ${packages.join(' ')}, but these are still not on PATH: ${still.map((name) => needs[name].programs[0]).join(', ')}`);
  say('system packages: installed');
}
