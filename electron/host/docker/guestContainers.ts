import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { guestContainer } from '../../contract/containers.ts';
import { labels } from '../../core/containers/recipes.ts';
import { ask } from './ask.ts';
import type { DockerEngine } from './engine.ts';
import { removeContainer } from './removeContainer.ts';

export type GuestContainer = z.infer<typeof guestContainer>;

const listed = z.array(z.object({
  Id: z.string(),
  Names: z.array(z.string()),
  Image: z.string(),
  State: z.string(),
  Created: z.number(),
  Labels: z.record(z.string(), z.string()).default({}),
}));

type Listed = z.infer<typeof listed>[number];

/** Containers of the machines of one lab: those with a directory in its run directory. */
async function containersOf(engine: DockerEngine, runDirectory: string): Promise<Listed[]> {
  const all = listed.parse(await ask(engine, 'list its containers', (docker) => docker.listContainers({ all: true, filters: { label: [labels.directory] } })));
  return all.filter(({ Labels }) => dirname(Labels[labels.directory] ?? '') === runDirectory);
}

export async function listGuestContainers(engine: DockerEngine, runDirectory: string): Promise<GuestContainer[]> {
  const containers = await containersOf(engine, runDirectory);
  return containers.flatMap(({ Id, Names, Image, State, Created, Labels }) => {
    const guest = Labels[labels.guest] ?? '';
    if (guest === '') return [];
    return [{ id: Id, name: (Names[0] ?? '').replace(/^\//, ''), guest, state: State, image: Image, startedAt: new Date(Created * 1_000).toISOString() }];
  });
}

/** Removes what a killed lab left: containers of its run directory of which the machine's directory is gone. Answers their ids. */
export async function sweepContainers(engine: DockerEngine, runDirectory: string): Promise<string[]> {
  const stale = (await containersOf(engine, runDirectory)).filter(({ Labels }) => !existsSync(Labels[labels.directory] ?? ''));
  await Promise.all(stale.map(({ Id }) => removeContainer(engine, Id)));
  return stale.map(({ Id }) => Id);
}
