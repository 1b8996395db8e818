import type { Finding, Platform } from './capabilities.ts';

export type EngineName = 'docker' | 'podman';

/** What happened when a container engine was asked for its version. */
export type EngineProbe =
  | { readonly kind: 'absent'; readonly searched: readonly string[] }
  | { readonly kind: 'stopped'; readonly address: string; readonly reason: string }
  | { readonly kind: 'denied'; readonly address: string; readonly reason: string }
  | { readonly kind: 'strange'; readonly address: string; readonly reason: string }
  | { readonly kind: 'answers'; readonly address: string; readonly engine: string; readonly version: string };

/** The oldest engines with which Petri's calls were seen to work. */
export const minimumVersions: Record<EngineName, string> = { docker: '20.10', podman: '4.0' };

const titles: Record<EngineName, string> = { docker: 'Docker', podman: 'Podman' };

/** Docker and Podman in five different states, each with its own words, fix and command. */
export function judgeEngine(name: EngineName, probe: EngineProbe, platform: Platform): Finding {
  const title = titles[name];
  switch (probe.kind) {
    case 'absent':
      return { verdict: 'missing', summary: `${title} is not installed.`, evidence: [`searched: ${probe.searched.join(', ')}`], ...installHelp(name, platform) };
    case 'stopped':
      return { verdict: 'missing', summary: `${title} is installed but not running.`, evidence: [`${probe.address}: ${probe.reason}`], ...startHelp(name, platform) };
    case 'denied':
      return { verdict: 'denied', summary: `${title} runs, but this user may not use it.`, evidence: [`${probe.address}: ${probe.reason}`], ...permissionHelp(name) };
    case 'strange':
      return {
        verdict: 'broken',
        summary: `What answers at ${title}’s address is not ${title}.`,
        evidence: [`${probe.address}: ${probe.reason}`],
        fix: `Find out what listens there, or set ${name === 'docker' ? 'DOCKER_HOST' : 'CONTAINER_HOST'} to the right address.`,
        command: null,
      };
    case 'answers':
      return judgeAnswer(name, probe, platform);
  }
}

function judgeAnswer(name: EngineName, { engine, version, address }: EngineProbe & { kind: 'answers' }, platform: Platform): Finding {
  const title = titles[name];
  const minimum = minimumVersions[name];
  const evidence = [`${address}: ${engine} ${version}`];
  if (name === 'docker' && /podman/i.test(engine)) {
    return { verdict: 'limited', summary: 'Podman answers in Docker’s place.', evidence, fix: 'Most works; for the rest install Docker beside it, or use Podman by its own name.', command: null };
  }
  if (isOlder(version, minimum)) {
    return { verdict: 'broken', summary: `${title} ${version} is too old: Petri needs ${minimum} or newer.`, evidence, ...installHelp(name, platform), fix: `Update ${title} to ${minimum} or newer.` };
  }
  return { verdict: 'good', summary: `${title} ${version} is running.`, evidence, fix: null, command: null };
}

/** Compares the numbers of two versions; `20.10.24+dfsg1` counts as 20.10.24. */
export function isOlder(version: string, minimum: string): boolean {
  const numbers = (text: string): number[] => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [have, need] = [numbers(version), numbers(minimum)];
  const index = need.findIndex((part, at) => part !== (have[at] ?? 0));
  return index !== -1 && (have[index] ?? 0) < (need[index] ?? 0);
}

type Help = Pick<Finding, 'fix' | 'command'>;

function installHelp(name: EngineName, platform: Platform): Help {
  const packages: Record<Platform, string | null> = {
    linux: `sudo apt-get install ${name === 'docker' ? 'docker.io' : 'podman'}`,
    darwin: name === 'docker' ? 'brew install --cask docker' : 'brew install podman',
    win32: name === 'docker' ? 'winget install Docker.DockerDesktop' : 'winget install RedHat.Podman',
    other: null,
  };
  return { fix: `Install ${titles[name]} if you want to work with containers; everything else goes on without it.`, command: packages[platform] };
}

function startHelp(name: EngineName, platform: Platform): Help {
  if (name === 'podman') {
    const command = platform === 'linux' ? 'systemctl --user enable --now podman.socket' : 'podman machine start';
    return { fix: 'Start the socket through which Podman is spoken to.', command };
  }
  if (platform === 'linux') return { fix: 'Start the Docker Engine.', command: 'sudo systemctl start docker' };
  return { fix: 'Start Docker Desktop.', command: platform === 'darwin' ? 'open -a Docker' : null };
}

function permissionHelp(name: EngineName): Help {
  if (name === 'podman') return { fix: 'Use the socket of your own user.', command: 'systemctl --user enable --now podman.socket' };
  return {
    fix: 'Add yourself to the group "docker" and log in again. Members of this group can become root on this machine.',
    command: 'sudo usermod -aG docker "$USER"',
  };
}
