import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import type { EngineName, EngineProbe } from '../../core/hosts/judgeEngine.ts';

/** The environment decides where an engine is looked for; tests give another. */
export interface EngineEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

const here: EngineEnvironment = { variables: process.env, platform: process.platform };

/** The part of the Engine API's `GET /version` that is of interest; Podman's service answers it as well. */
const versionAnswer = z.object({ Version: z.string(), Components: z.array(z.object({ Name: z.string() })).optional() });

/** Larger than any engine's answer; what listens there need not be one. */
const ANSWER_LIMIT_BYTES = 1_048_576;

/**
 * Asks an engine for its version at its usual addresses, without any of its programs. Of several addresses the one that
 * answers counts, then the one that says most about what is wrong.
 */
export async function probeEngine(name: EngineName, signal: AbortSignal, environment: EngineEnvironment = here): Promise<EngineProbe> {
  const addresses = addressesOf(name, environment);
  const probes = await Promise.all(addresses.map((address) => ask(address, signal)));
  const first = (kind: EngineProbe['kind']): EngineProbe | undefined => probes.find((probe) => probe.kind === kind);
  const telling = first('answers') ?? first('denied') ?? first('strange') ?? probes.find(isThere);
  if (telling !== undefined) return telling;
  const isExpected = environment.variables[hostVariable(name)] !== undefined || (await hasProgram(name, environment));
  return (isExpected ? probes[0] : undefined) ?? { kind: 'absent', searched: [`the program ${name}`, ...addresses] };
}

/** A socket to which nobody listens is left by an engine that has stopped; none at all says nothing. */
const isThere = (probe: EngineProbe): boolean => probe.kind === 'stopped' && !probe.reason.includes('ENOENT');

const hostVariable = (name: EngineName): string => (name === 'docker' ? 'DOCKER_HOST' : 'CONTAINER_HOST');

/** The address that the user named, or those where the engine listens for root and for a user. */
function addressesOf(name: EngineName, { variables, platform }: EngineEnvironment): string[] {
  const named = variables[hostVariable(name)];
  if (named !== undefined && named !== '') return [named];
  const runtime = variables['XDG_RUNTIME_DIR'];
  const home = variables['HOME'] ?? homedir();
  if (platform === 'win32') return [`npipe:////./pipe/${name === 'docker' ? 'docker_engine' : 'podman-machine-default'}`];
  const paths =
    name === 'docker'
      ? ['/var/run/docker.sock', runtime && join(runtime, 'docker.sock'), join(home, '.docker/run/docker.sock')]
      : [runtime && join(runtime, 'podman/podman.sock'), '/run/podman/podman.sock'];
  return paths.filter((path) => path !== undefined && path !== '').map((path) => `unix://${path}`);
}

async function hasProgram(name: EngineName, { variables, platform }: EngineEnvironment): Promise<boolean> {
  const file = platform === 'win32' ? `${name}.exe` : name;
  for (const directory of (variables['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    try {
      await access(join(directory, file), constants.X_OK);
      return true;
    } catch {
      // Not in this directory.
    }
  }
  return false;
}

async function ask(address: string, signal: AbortSignal): Promise<EngineProbe> {
  const target = targetOf(address);
  if (target === undefined) return { kind: 'strange', address, reason: 'Petri cannot reach an engine by this kind of address yet.' };
  try {
    const answer = versionAnswer.safeParse(JSON.parse(await get(target, signal)));
    if (!answer.success) return { kind: 'strange', address, reason: 'it answers, but not with a version' };
    return { kind: 'answers', address, engine: answer.data.Components?.[0]?.Name ?? 'Engine', version: answer.data.Version };
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(address, error);
  }
}

type Target = { readonly socketPath: string } | { readonly host: string; readonly port: string };

function targetOf(address: string): Target | undefined {
  const path = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (path !== undefined) return { socketPath: path };
  const network = /^(?:tcp|http):\/\/([^/:]+):(\d+)\/?$/.exec(address);
  return network?.[1] === undefined || network[2] === undefined ? undefined : { host: network[1], port: network[2] };
}

function get(target: Target, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, path: '/version', headers: { host: 'engine' }, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (body.length > ANSWER_LIMIT_BYTES) response.destroy(new Error('it answers without an end'));
      });
      response.on('end', () => resolve(body));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function failureOf(address: string, error: unknown): EngineProbe {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', address, reason: message };
  if (['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENOTDIR'].includes(code)) return { kind: 'stopped', address, reason: message };
  return { kind: 'strange', address, reason: code === '' ? 'it does not answer like an engine' : `${code}: ${message}` };
}
