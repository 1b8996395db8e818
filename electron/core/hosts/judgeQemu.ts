import type { QemuBuild } from '../../contract/accelerators.ts';
import { explain, type Failure } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { Finding, Platform } from './capabilities.ts';

/** The search for QEMU, one for each architecture of the built-in guests. */
export type QemuSearch = { readonly architecture: Architecture } & ({ readonly build: QemuBuild } | { readonly failure: Failure });

const installCommands: Record<Platform, string | null> = {
  linux: 'sudo apt-get install qemu-system-x86 qemu-system-arm qemu-utils',
  darwin: 'brew install qemu',
  win32: 'winget install SoftwareFreedomConservancy.QEMU',
  other: null,
};

/** `good` for both architectures, `limited` for one; without any, the first failure says whether it is missing or broken. */
export function judgeQemu(searches: readonly QemuSearch[], platform: Platform): Finding {
  const found = searches.flatMap((search) => ('build' in search ? [search] : []));
  const failed = searches.flatMap((search) => ('failure' in search ? [search] : []));
  const evidence = [
    ...found.map(({ build }) => `${build.program}: ${build.version}${build.package === null ? '' : ` (${build.package})`}`),
    ...failed.flatMap(({ failure }) => [explain(failure).what, ...explain(failure).evidence]),
  ];
  const first = failed[0];
  if (first === undefined) return { verdict: 'good', summary: `QEMU ${versions(found)} is ready.`, evidence, fix: null, command: null };

  const isMissing = first.failure.code === 'QEMU_MISSING';
  const help = { fix: explain(first.failure).fix, command: isMissing ? installCommands[platform] : null };
  if (found.length === 0) return { verdict: isMissing ? 'missing' : 'broken', summary: explain(first.failure).what, evidence, ...help };
  const without = failed.map(({ architecture }) => architecture).join(' and ');
  return { verdict: 'limited', summary: `QEMU ${versions(found)} is ready, but not for ${without} guests.`, evidence, ...help };
}

const versions = (found: readonly { build: QemuBuild }[]): string => [...new Set(found.map(({ build }) => build.version))].join(' and ');
