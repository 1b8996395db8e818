import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EngineImage } from '../../contract/containers.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderEngines, renderImages, renderNetworks } from '../render/containers.ts';
import type { Context, Result } from '../run/context.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';

export type Recipe = EngineImage['recipe'];

const told = (json: unknown, text: string, exitCode: ExitCode = exitCodes.ok): Result => ({ json, text, exitCode });

export function listEngines({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { engines } = await client.containers.refresh();
    return told(engines, renderEngines(engines));
  });
}

export function chooseEngine({ lab }: Context, name: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { engines } = await client.containers.choose({ engine: name });
    return told(engines, renderEngines(engines));
  });
}

/** Asks one engine, the chosen one without a name; what is wrong with it is the command's own failure. */
export function testEngine({ lab }: Context, name: string | undefined): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { engines } = await client.containers.refresh();
    const found = engines.find((engine) => (name === undefined ? engine.chosen : engine.name === name));
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'Docker context', id: name ?? 'chosen' });
    if (found.failure !== null) throw new DeclaredError(found.failure.code, found.failure.details);
    return told(found, `${found.name} works: Docker ${found.version ?? ''} on ${found.platform ?? ''}, ${found.host}`);
  });
}

export function listImages({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    await failUnlessGood(client);
    const { images } = await client.containers.get();
    return told(images, renderImages(images));
  });
}

/** Without a good engine there is nothing to list: its failure is the answer. */
async function failUnlessGood(client: LabClient): Promise<void> {
  const { engines } = await client.containers.refresh();
  const failure = engines.find(({ chosen }) => chosen)?.failure ?? null;
  if (failure !== null) throw new DeclaredError(failure.code, failure.details);
}

/** Shows what the build says while it goes on; Ctrl-C cancels it. */
export function buildImage(context: Context, recipe: Recipe, { base }: { readonly base?: string }): Promise<Result> {
  const { terminal, json, lab } = context;
  return withLab(lab, async ({ client }) => {
    const { task } = await client.containers.build({ recipe, ...(base !== undefined && { base }) });
    const lines: string[] = [];
    const showing = (async () => {
      for await (const { line } of await client.containers.buildLog({ task })) {
        lines.push(line);
        if (!json) terminal.print(line);
      }
    })();
    await Promise.all([showing, followTask(client, task, context)]);
    const { images } = await client.containers.get();
    const image = images.find((candidate) => candidate.recipe === recipe);
    return told({ image, log: lines }, `${image?.tag ?? recipe} is built, with QEMU ${image?.qemuVersion ?? ''}`);
  });
}

export function removeImage({ lab }: Context, recipe: Recipe): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    await client.containers.removeImage({ recipe });
    return told({ removed: recipe }, `${recipe} is removed; petri images build ${recipe} makes it again.`);
  });
}

export function listNetworks({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    await failUnlessGood(client);
    const { networks } = await client.containers.get();
    return told(networks, renderNetworks(networks));
  });
}

export function createNetwork({ lab }: Context, name: string, { subnet }: { readonly subnet: string }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const network = await client.containers.createNetwork({ name, subnet });
    return told(network, `${network.name} has the addresses ${network.subnet ?? subnet}`);
  });
}

export function removeNetwork({ lab }: Context, name: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    await client.containers.removeNetwork({ name });
    return told({ removed: name }, `${name} is removed`);
  });
}

export function exportCompose({ lab }: Context, group: string, { output }: { readonly output: string }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { yaml } = await client.containers.exportCompose({ group });
    if (output === '-') return told({ yaml }, yaml.trimEnd());
    const path = resolve(output);
    await writeFile(path, yaml);
    return told({ path }, `${path}\ncheck it: docker compose -f ${output} config`);
  });
}

export function importCompose({ lab }: Context, file: string, { dryRun }: { readonly dryRun?: boolean }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const yaml = await readFile(resolve(file), 'utf8').catch((error: unknown) => {
      throw new DeclaredError('INPUT_INVALID', { issues: [{ path: file, message: error instanceof Error ? error.message : String(error) }] });
    });
    const read = await client.containers.readCompose({ yaml });
    const ignored = read.ignored.map((line) => `  not taken over: ${line}`);
    if (dryRun === true) return told(read, [`group ${read.group}`, ...read.guests.map(({ name, architecture }) => `  ${name} (${architecture})`), ...ignored].join('\n'));
    const { group, guests } = await client.containers.importCompose({ yaml });
    return told({ group, guests, ignored: read.ignored }, [`group ${group}`, ...guests.map((id) => `  ${id}`), ...ignored].join('\n'));
  });
}
