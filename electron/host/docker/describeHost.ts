import { z } from 'zod';
import type { SamplePlace } from '../../contract/measurements.ts';
import { ask } from './ask.ts';
import type { DockerEngine } from './engine.ts';

const infoAnswer = z.object({ ServerVersion: z.string(), Name: z.string(), KernelVersion: z.string() });

/** The host of an engine, as it stands beside every sample that was taken on it. */
export async function describeHost(engine: DockerEngine): Promise<Omit<SamplePlace, 'image'>> {
  const { ServerVersion, Name, KernelVersion } = infoAnswer.parse(await ask(engine, 'tell about its host', (docker) => docker.info() as Promise<unknown>));
  return { engine: engine.name, address: engine.host, version: ServerVersion, host: Name, kernel: KernelVersion };
}
