import { join } from 'node:path';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { GuestDraftInput } from '../../../electron/contract/guests.ts';
import type { DockerEnvironment } from '../../../electron/host/docker/contexts.ts';
import { BASE, type PrivateDocker } from './privateDocker.ts';

export const IMAGES = join(import.meta.dirname, '../../../images');

/** The environment of a user whose Docker is the private engine, with a home of its own. */
export function environmentOf({ host, directory }: Pick<PrivateDocker, 'host' | 'directory'>): DockerEnvironment {
  return { variables: { DOCKER_HOST: host, HOME: join(directory, 'home'), PATH: process.env['PATH'] }, platform: process.platform };
}

/** Builds an image as the page does, and resolves when its task has ended. */
export async function build(client: LabClient, recipe: 'qemu-i386' | 'qemu-arm' | 'qemu-x86_64', base = BASE): Promise<string[]> {
  const { task } = await client.containers.build({ recipe, base });
  const lines: string[] = [];
  for await (const { line } of await client.containers.buildLog({ task })) lines.push(line);
  for await (const tasks of await client.tasks.watch()) {
    const found = tasks.find(({ id }) => id === task);
    if (found?.state === 'done') return lines;
    if (found?.failure != null) throw new Error(JSON.stringify(found.failure));
  }
  return lines;
}

/** The built-in guest as one of the user's own, in a container. */
export function builtinDraft(name: string, change: Partial<GuestDraftInput> = {}): GuestDraftInput {
  return {
    name, catalogEntry: 'builtin-i386', architecture: 'i386',
    machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
    boot: { kernel: { kind: 'file', path: join(IMAGES, 'builtin/built/petri-i386.elf') }, arguments: '', modules: [] },
    phaseTable: 'builtin-i386', accelerator: 'tcg', notes: '', place: { kind: 'docker', engine: 'default' },
    ...change,
  };
}
