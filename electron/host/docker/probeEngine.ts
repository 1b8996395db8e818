import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { judgeEngine, type EngineAnswer, type EngineState } from '../../core/containers/judgeEngine.ts';
import { thisEnvironment, type DockerEnvironment } from './contexts.ts';
import type { DockerEngine } from './engine.ts';

/** An engine on this machine answers in milliseconds; one behind ssh may need a login. */
const ANSWER_LIMIT_MS = 15_000;

const versionAnswer = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Os: z.string().default(''),
  Arch: z.string().default(''),
  Components: z.array(z.object({ Name: z.string() })).default([]),
});

async function hasDocker({ variables, platform }: DockerEnvironment): Promise<boolean> {
  const names = platform === 'win32' ? ['docker.exe', 'dockerd.exe'] : ['docker', 'dockerd'];
  for (const directory of (variables['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    for (const name of names) {
      try {
        await access(join(directory, name), constants.X_OK);
        return true;
      } catch {
        // Not in this directory.
      }
    }
  }
  return false;
}

const gone = ['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENOTDIR'];

/** What ssh, or the shell at the other end, says of why nobody answered. */
function readSshWords(words: string): EngineAnswer['kind'] {
  if (/Permission denied|Host key verification failed/i.test(words)) return 'denied';
  if (/not found|No such file/i.test(words) && /docker/i.test(words)) return 'absent';
  return 'stopped';
}

async function readFailure({ name, host, words }: DockerEngine, error: unknown, environment: DockerEnvironment): Promise<EngineAnswer> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const evidence = [message, words()].filter((line) => line !== '');
  if (host.startsWith('ssh:')) return { kind: readSshWords(words()) as 'stopped', evidence };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', evidence };
  if (!gone.includes(code)) return { kind: 'strange', evidence };
  const wasNamed = name !== 'default' || (environment.variables['DOCKER_HOST'] ?? '') !== '';
  const isAbsent = code === 'ENOENT' && !wasNamed && !(await hasDocker(environment));
  return isAbsent ? { kind: 'absent', evidence: [...evidence, 'searched for the programs docker and dockerd'] } : { kind: 'stopped', evidence };
}

async function askVersion(engine: DockerEngine, environment: DockerEnvironment): Promise<EngineAnswer> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)), ANSWER_LIMIT_MS);
  try {
    const answer = versionAnswer.safeParse(await Promise.race([engine.docker.version() as Promise<unknown>, late.promise]));
    if (!answer.success) return { kind: 'strange', evidence: ['it answers, but not with a version'] };
    const { Version, ApiVersion, Os, Arch, Components } = answer.data;
    return { kind: 'answers', version: { version: Version, apiVersion: ApiVersion, os: Os, arch: Arch, components: Components.map(({ Name }) => Name) } };
  } catch (error) {
    return await readFailure(engine, error, environment);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks an engine who it is, and says in which of its states it is. Never throws. */
export async function probeEngine(engine: DockerEngine, environment: DockerEnvironment = thisEnvironment): Promise<EngineState> {
  return judgeEngine(engine, await askVersion(engine, environment), environment.platform);
}
