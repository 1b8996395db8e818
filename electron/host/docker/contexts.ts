import { readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineAddress } from '../../core/containers/judgeEngine.ts';

/** The environment decides where engines are; tests give another. */
export interface DockerEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export const thisEnvironment: DockerEnvironment = { variables: process.env, platform: process.platform };

/** A context of Docker's command line, as it is kept in `~/.docker/contexts/meta/DIGEST/meta.json`. */
const contextFile = z.object({ Name: z.string().min(1), Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }) });
const configuration = z.object({ currentContext: z.string().optional() });

export function dockerDirectory({ variables }: DockerEnvironment): string {
  const named = variables['DOCKER_CONFIG'];
  return named !== undefined && named !== '' ? named : join(variables['HOME'] ?? homedir(), '.docker');
}

/** Where the engine of this machine listens when nobody says otherwise; of a user's own engine if there is one. */
function defaultHost({ variables, platform }: DockerEnvironment): string {
  const named = variables['DOCKER_HOST'];
  if (named !== undefined && named !== '') return named;
  return platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
}

function parsed<Value>(path: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // Not there, or another program's business.
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** The engines that this user knows: the default one first, then the contexts of Docker's command line by name. */
export function listEngines(environment: DockerEnvironment = thisEnvironment): EngineAddress[] {
  const meta = join(dockerDirectory(environment), 'contexts', 'meta');
  const contexts = folders(meta).flatMap((folder) => {
    const found = parsed(join(meta, folder, 'meta.json'), contextFile);
    return found === null ? [] : [{ name: found.Name, host: found.Endpoints.docker.Host }];
  });
  return [{ name: 'default', host: defaultHost(environment) }, ...contexts.filter(({ name }) => name !== 'default').sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** The one that Docker's own command line would use now. */
export function currentEngine(environment: DockerEnvironment = thisEnvironment): string {
  const { variables } = environment;
  if ((variables['DOCKER_HOST'] ?? '') !== '') return 'default';
  const named = variables['DOCKER_CONTEXT'];
  if (named !== undefined && named !== '') return named;
  return parsed(join(dockerDirectory(environment), 'config.json'), configuration)?.currentContext ?? 'default';
}
