import { askFor } from './ask.ts';
import type { DockerEngine } from './engine.ts';

/** Removes a container with its own volumes; one that is gone already is no error. */
export async function removeContainer(engine: DockerEngine, id: string): Promise<void> {
  await askFor(engine, 'remove the container', (docker) => docker.getContainer(id).remove({ force: true, v: true }));
}
