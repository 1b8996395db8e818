import type { Engine } from '../../contract/containers.ts';
import type { Failure } from '../../contract/errors.ts';

/** The oldest Engine API with which Petri's calls were seen to work: that of Docker 20.10. */
export const MINIMUM_API = '1.41';

/** An engine as it can be asked: by its context's name, at its address. */
export interface EngineAddress {
  readonly name: string;
  readonly host: string;
}

/** What an engine says of itself (`GET /version`). */
export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  /** Names of its parts: `Engine`, or `Podman Engine` where that answers instead. */
  readonly components: readonly string[];
  readonly os: string;
  readonly arch: string;
}

/** What happened when an engine was asked. */
export type EngineAnswer =
  | { readonly kind: 'answers'; readonly version: EngineVersion }
  | { readonly kind: 'absent' | 'stopped' | 'denied' | 'strange'; readonly evidence: readonly string[] };

export type EngineState = Pick<Engine, 'state' | 'version' | 'platform' | 'failure'>;

/** How Docker is installed, by platform. */
const installation: Readonly<Record<string, string>> = {
  linux: 'Install it (sudo apt-get install docker.io) if guests shall run in containers; everything else goes on without it.',
  darwin: 'Install it (brew install --cask docker) if guests shall run in containers; everything else goes on without it.',
  win32: 'Install it (winget install Docker.DockerDesktop) if guests shall run in containers; everything else goes on without it.',
};

/** An engine's state with the declared failure behind it. */
export function judgeEngine({ name, host }: EngineAddress, answer: EngineAnswer, platform: string): EngineState {
  if (answer.kind === 'answers') return judgeVersion({ name, host }, answer.version);
  const details = { engine: name, host, evidence: [...answer.evidence] };
  const failed = (state: Engine['state'], failure: Failure): EngineState => ({ state, version: null, platform: null, failure });
  if (answer.kind === 'absent') return failed('absent', { code: 'DOCKER_ABSENT', details: { ...details, install: installation[platform] ?? 'Install Docker; everything else goes on without it.' } });
  if (answer.kind === 'stopped') return failed('stopped', { code: 'DOCKER_STOPPED', details });
  if (answer.kind === 'denied') return failed('denied', { code: 'DOCKER_DENIED', details });
  return failed('unknown', { code: 'DOCKER_REFUSED', details: { ...details, request: 'tell its version', statusCode: null } });
}

function judgeVersion({ name, host }: EngineAddress, { version, apiVersion, components, os, arch }: EngineVersion): EngineState {
  const facts = { version, platform: `${os}/${arch}` };
  const podman = components.find((component) => /podman/i.test(component));
  const evidence = [`${host}: ${components.join(', ') || 'Engine'} ${version}, API ${apiVersion}`];
  const details = { engine: name, host, version, evidence };
  if (podman !== undefined) return { ...facts, state: 'podman', failure: { code: 'DOCKER_IS_PODMAN', details } };
  if (isOlderApi(apiVersion, MINIMUM_API)) return { ...facts, state: 'tooOld', failure: { code: 'DOCKER_TOO_OLD', details: { ...details, minimum: MINIMUM_API } } };
  return { ...facts, state: 'good', failure: null };
}

function isOlderApi(have: string, need: string): boolean {
  const [haveMajor = 0, haveMinor = 0] = have.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = need.split('.').map(Number);
  return haveMajor < needMajor || (haveMajor === needMajor && haveMinor < needMinor);
}
