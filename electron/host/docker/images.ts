import { z } from 'zod';
import type { QemuBuild } from '../../contract/accelerators.ts';
import type { EngineImage } from '../../contract/containers.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { imageTag, labels, recipes, type Recipe } from '../../core/containers/recipes.ts';
import { isAtLeast, MINIMUM_QEMU, parseQemuVersion } from '../../core/guests/qemuVersion.ts';
import { ask, askFor, refusalOf } from './ask.ts';
import { readBuildContext } from './buildContext.ts';
import type { DockerEngine } from './engine.ts';
import { plainText } from './plainText.ts';
import { removeContainer } from './removeContainer.ts';

const inspected = z.object({
  Id: z.string(),
  Size: z.number(),
  Created: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** All of Petri's images as they are on an engine, whether built or not. */
export async function listImages(engine: DockerEngine, imagesDirectory: string): Promise<EngineImage[]> {
  return Promise.all(recipes.map(async ({ recipe, architecture, program }) => {
    const tag = imageTag(recipe);
    const answer = await askFor(engine, `tell about ${tag}`, (docker) => docker.getImage(tag).inspect());
    if (answer === null) return { recipe, architecture, tag, id: null, bytes: null, base: null, qemuVersion: null, builtAt: null, outdated: false };
    const { Id, Size, Created, Config } = inspected.parse(answer);
    const labelled = Config?.Labels ?? {};
    const { digest } = await readBuildContext(imagesDirectory, recipe);
    return {
      recipe, architecture, tag,
      id: Id,
      bytes: Size,
      base: labelled[labels.base] ?? null,
      qemuVersion: await qemuVersion(engine, Id, program),
      builtAt: new Date(Created).toISOString(),
      outdated: labelled[labels.recipeDigest] !== digest,
    };
  }));
}

export async function removeImage(engine: DockerEngine, recipe: Recipe): Promise<void> {
  await askFor(engine, `remove the image ${imageTag(recipe)}`, (docker) => docker.getImage(imageTag(recipe)).remove());
}

/** Images never change, so what is in one is asked once. */
const known = new Map<string, Promise<QemuBuild>>();
const traced = new Map<string, string>();

/** An image's QEMU, with the id that the same program has on this host: a digest of its file. */
export interface ImageQemu {
  readonly image: string;
  readonly qemu: QemuBuild;
}

/**
 * The image for an architecture and the QEMU in it.
 * Throws DOCKER_IMAGE_MISSING when it is not built there, QEMU_UNUSABLE and QEMU_TOO_OLD for what is in it.
 */
export async function findImageQemu(engine: DockerEngine, architecture: Architecture): Promise<ImageQemu> {
  const found = recipes.find((candidate) => candidate.architecture === architecture);
  const recipe = found?.recipe ?? 'qemu-x86_64';
  const tag = imageTag(recipe);
  const answer = found === undefined ? null : await askFor(engine, `tell about ${tag}`, (docker) => docker.getImage(tag).inspect());
  if (answer === null || found === undefined) throw new DeclaredError('DOCKER_IMAGE_MISSING', { engine: engine.name, image: tag, recipe });
  const image = inspected.parse(answer).Id;
  return { image, qemu: await qemuIn(engine, image, found.program) };
}

/** An engine that did not answer is asked again; what is wrong with an image stays wrong. */
function qemuIn(engine: DockerEngine, image: string, program: string): Promise<QemuBuild> {
  const qemu = known.get(image) ?? identify(engine, image, program);
  known.set(image, qemu);
  qemu.catch((error: unknown) => {
    if (!isOfQemu(error)) known.delete(image);
  });
  return qemu;
}

const isOfQemu = (error: unknown): boolean => error instanceof DeclaredError && (error.code === 'QEMU_UNUSABLE' || error.code === 'QEMU_TOO_OLD');

/** Null for an image with no QEMU that could be used, which a start explains. */
async function qemuVersion(engine: DockerEngine, image: string, program: string): Promise<string | null> {
  try {
    return (await qemuIn(engine, image, program)).version;
  } catch (error) {
    if (isOfQemu(error)) return null;
    throw error;
  }
}

/** What is traced by an image's QEMU (`-trace help`). */
export async function findTraceEvents(engine: DockerEngine, { image, qemu }: ImageQemu): Promise<string> {
  const found = traced.get(image) ?? (await runOnce(engine, image, [qemu.program, '-trace', 'help']));
  traced.set(image, found);
  return found;
}

/** A program of a distribution may be a link to the real one; the first sixteen digits are as `findQemu` gives them. */
const IDENTIFY = 'program=$(command -v "$1") && "$program" --version && sha256sum "$(readlink -f "$program")" | cut -c1-16';

async function identify(engine: DockerEngine, image: string, program: string): Promise<QemuBuild> {
  const output = await runOnce(engine, image, ['sh', '-c', IDENTIFY, 'sh', program]);
  const found = parseQemuVersion(output);
  const id = output.trim().split('\n').at(-1) ?? '';
  if (found === null || !/^[0-9a-f]{16}$/.test(id)) throw new DeclaredError('QEMU_UNUSABLE', { program: `${program} in the image`, output: output.slice(0, 500) });
  if (!isAtLeast(found.version, MINIMUM_QEMU)) throw new DeclaredError('QEMU_TOO_OLD', { program, version: found.version, minimum: MINIMUM_QEMU });
  return { id, program, ...found };
}

/** Runs a program in a container that has nothing and answers what it wrote. */
async function runOnce(engine: DockerEngine, image: string, command: readonly string[]): Promise<string> {
  const [entrypoint = '', ...args] = command;
  return ask(engine, 'look into the image', async (docker) => {
    const container = await docker.createContainer({
      Image: image, Entrypoint: [entrypoint], Cmd: args, NetworkDisabled: true,
      HostConfig: { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], ReadonlyRootfs: true, NetworkMode: 'none' },
    });
    try {
      const wait = container.wait({ condition: 'next-exit' }) as Promise<unknown>;
      wait.catch(() => undefined);
      await container.start();
      await wait;
      return plainText(await container.logs({ stdout: true, stderr: true }));
    } finally {
      await removeContainer(engine, container.id).catch((error: unknown) => {
        if (refusalOf(error) !== null) throw error;
      });
    }
  });
}
