import { z } from 'zod';
import type { engineNetwork, engineVolume } from '../../contract/containers.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { overlapping } from '../../core/containers/subnets.ts';
import { labels } from '../../core/containers/recipes.ts';
import { ask, askFor, declare, refusalOf } from './ask.ts';
import type { DockerEngine } from './engine.ts';

export type EngineNetwork = z.infer<typeof engineNetwork>;
export type EngineVolume = z.infer<typeof engineVolume>;

const listed = z.array(z.object({
  Id: z.string(),
  Name: z.string(),
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
}));
const containersOf = z.object({ Containers: z.record(z.string(), z.object({ Name: z.string() })).nullish() });

export async function listNetworks(engine: DockerEngine): Promise<EngineNetwork[]> {
  const networks = listed.parse(await ask(engine, 'list its networks', (docker) => docker.listNetworks()));
  const described = await Promise.all(networks.map(async ({ Id, Name, IPAM, Labels }) => {
    // Only the answer about a single network names the containers in it. It may have been removed meanwhile.
    const answer = await askFor(engine, `tell about the network ${Name}`, (docker) => docker.getNetwork(Id).inspect() as Promise<unknown>);
    if (answer === null) return [];
    const containers = Object.values(containersOf.parse(answer).Containers ?? {}).map((container) => container.Name);
    return [{ id: Id, name: Name, subnet: IPAM?.Config?.[0]?.Subnet ?? null, containers: containers.sort(), ours: Labels?.[labels.ours] !== undefined }];
  }));
  return described.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Makes a bridge with these addresses. Throws NETWORK_OVERLAPS, naming the network that has them already, and
 * DOCKER_REFUSED for anything else that the engine does not do.
 */
export async function createNetwork(engine: DockerEngine, name: string, subnet: string): Promise<EngineNetwork> {
  try {
    await engine.docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] }, Labels: { [labels.ours]: '' } });
  } catch (error) {
    if (/overlap/i.test(refusalOf(error)?.words ?? '')) throw await explainOverlap(engine, name, subnet, refusalOf(error)?.words ?? '', error);
    throw declare(engine, `make the network ${name}`, error);
  }
  const made = (await listNetworks(engine)).find((network) => network.name === name);
  return made ?? { id: '', name, subnet, containers: [], ours: true };
}

/** Networks that no container can be reached through; every engine has both. */
const leadNowhere = ['host', 'none'];

/** Throws NETWORK_MISSING for a name of no network. The engine itself would take the beginning of an id, too. */
export async function needNetwork(engine: DockerEngine, name: string): Promise<void> {
  const networks = listed.parse(await ask(engine, 'list its networks', (docker) => docker.listNetworks()));
  const known = networks.map(({ Name }) => Name).filter((network) => !leadNowhere.includes(network)).sort();
  if (!known.includes(name)) throw new DeclaredError('NETWORK_MISSING', { engine: engine.name, network: name, known });
}

/** The engine says only that there is another one. */
async function explainOverlap(engine: DockerEngine, network: string, subnet: string, words: string, cause: unknown): Promise<DeclaredError<'NETWORK_OVERLAPS'>> {
  const other = (await listNetworks(engine)).find((candidate) => candidate.subnet !== null && overlapping(candidate.subnet, subnet));
  return new DeclaredError('NETWORK_OVERLAPS', { network, subnet, other: other === undefined ? words : `the network ${other.name} has ${other.subnet ?? ''}` }, { cause });
}

async function inspectOurs(engine: DockerEngine, noun: string, name: string, inspect: () => Promise<unknown>): Promise<void> {
  const found = z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullable().parse(await askFor(engine, `tell about the ${noun} ${name}`, inspect));
  if (found === null) throw new DeclaredError('NOT_FOUND', { noun, id: name });
  if (found.Labels?.[labels.ours] === undefined) {
    throw new DeclaredError('DOCKER_REFUSED', { engine: engine.name, host: engine.host, request: `remove the ${noun} ${name}`, statusCode: null, evidence: ['It was not made by Petri, so Petri leaves it alone.'] });
  }
}

/** Only of Petri's own. Throws NOT_FOUND and DOCKER_REFUSED, also while containers are in it. */
export async function removeNetwork(engine: DockerEngine, name: string): Promise<void> {
  await inspectOurs(engine, 'network', name, () => engine.docker.getNetwork(name).inspect());
  await ask(engine, `remove the network ${name}`, (docker) => docker.getNetwork(name).remove());
}

const volumeAnswer = z.object({ Name: z.string(), Mountpoint: z.string().default(''), Labels: z.record(z.string(), z.string()).nullish() });
const describeVolume = ({ Name, Mountpoint, Labels }: z.infer<typeof volumeAnswer>): EngineVolume => ({ name: Name, mountpoint: Mountpoint, ours: Labels?.[labels.ours] !== undefined });

export async function listVolumes(engine: DockerEngine): Promise<EngineVolume[]> {
  const { Volumes } = z.object({ Volumes: z.array(volumeAnswer).nullish() }).parse(await ask(engine, 'list its volumes', (docker) => docker.listVolumes()));
  return (Volumes ?? []).map(describeVolume).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function createVolume(engine: DockerEngine, name: string): Promise<EngineVolume> {
  const answer: unknown = await ask(engine, `make the volume ${name}`, (docker) => docker.createVolume({ Name: name, Labels: { [labels.ours]: '' } }));
  // The library's answer is an object to act with, or the engine's own answer, by its version.
  return describeVolume(volumeAnswer.safeParse(answer).data ?? volumeAnswer.parse(await engine.docker.getVolume(name).inspect()));
}

export async function removeVolume(engine: DockerEngine, name: string): Promise<void> {
  await inspectOurs(engine, 'volume', name, () => engine.docker.getVolume(name).inspect());
  await ask(engine, `remove the volume ${name}`, (docker) => docker.getVolume(name).remove());
}
