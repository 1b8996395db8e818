import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { askFor } from './ask.ts';
import type { DockerEngine } from './engine.ts';

const listed = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())).nullish() });

/**
 * The processes of a running container by their numbers on the engine's host. Throws NOT_FOUND for a container that there is not, and what
 * asking throws: DOCKER_REFUSED for one that does not run.
 */
export async function listContainerProcesses(engine: DockerEngine, name: string): Promise<number[]> {
  const answer: unknown = await askFor(engine, `list the processes of the container ${name}`, (docker) => docker.getContainer(name).top());
  if (answer === null) throw new DeclaredError('NOT_FOUND', { noun: 'container', id: name });
  const { Titles, Processes } = listed.parse(answer);
  const column = Titles.indexOf('PID');
  return (Processes ?? []).map((words) => Number(words[column])).filter(Number.isInteger);
}
