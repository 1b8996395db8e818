import type { ContainersState, EngineImage } from '../../contract/containers.ts';
import { recipes } from '../../core/containers/recipes.ts';
import { buildImage } from '../../host/docker/buildImage.ts';
import type { DockerEngine } from '../../host/docker/engine.ts';
import { listGuestContainers, sweepContainers } from '../../host/docker/guestContainers.ts';
import { findImageQemu, listImages, removeImage } from '../../host/docker/images.ts';
import { createNetwork, createVolume, listNetworks, listVolumes, removeNetwork, removeVolume, type EngineNetwork, type EngineVolume } from '../../host/docker/networks.ts';
import { createFeed, watch } from '../feed.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createBuildLogs, type BuildLine } from './buildLogs.ts';
import { createCompose, type Compose, type ComposeDependencies } from './compose.ts';
import type { Engines } from './engines.ts';

export interface ContainersDependencies extends Omit<ComposeDependencies, 'chosenEngine'> {
  readonly engines: Engines;
  readonly tasks: TasksService;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
}

/** Docker Engines and what Petri has on the chosen one; see the contract for what each act promises and refuses. */
export interface ContainersService {
  get(): Promise<ContainersState>;
  refresh(): Promise<ContainersState>;
  choose(engine: string): Promise<ContainersState>;
  build(recipe: EngineImage['recipe'], base?: string): Promise<{ task: string }>;
  buildLog(task: string, signal?: AbortSignal): AsyncGenerator<BuildLine>;
  removeImage(recipe: EngineImage['recipe']): Promise<void>;
  createNetwork(name: string, subnet: string): Promise<EngineNetwork>;
  removeNetwork(name: string): Promise<void>;
  createVolume(name: string): Promise<EngineVolume>;
  removeVolume(name: string): Promise<void>;
  readonly compose: Compose;
  watch(signal?: AbortSignal): AsyncGenerator<ContainersState>;
  dispose(): void;
}

const nothing: ContainersState = { engines: [], images: [], networks: [], volumes: [], containers: [] };

export function createContainers(dependencies: ContainersDependencies): ContainersService {
  const { engines, tasks, imagesDirectory, runDirectory } = dependencies;
  const feed = createFeed<ContainersState>({ newestOnly: true });
  const logs = createBuildLogs();
  let state = nothing;
  /** Engines are asked when somebody wants to know, and not before. */
  let looking: Promise<ContainersState> | null = null;
  let hasLooked = false;

  const need = (): Promise<DockerEngine> => engines.need(engines.chosen());
  const look = async (): Promise<ContainersState> => {
    const known = await engines.probe();
    const isGood = known.some(({ chosen, state: condition }) => chosen && condition === 'good');
    // It may go away while it is asked: then there is nothing to show of it.
    const found = isGood ? await need().then((engine) => lookInto(engine, imagesDirectory, runDirectory)).catch(() => nothing) : nothing;
    state = { ...found, engines: known };
    hasLooked = true;
    feed.publish(state);
    return state;
  };
  const refresh = (): Promise<ContainersState> => {
    looking ??= look().finally(() => (looking = null));
    return looking;
  };
  /** What was begun before an act does not know of it. */
  const refreshAfter = async (): Promise<ContainersState> => {
    await looking?.catch(() => undefined);
    return refresh();
  };
  const act = async <Result>(work: (engine: DockerEngine) => Promise<Result>): Promise<Result> => {
    const result = await work(await need());
    await refreshAfter();
    return result;
  };

  return {
    get: () => (hasLooked ? Promise.resolve(state) : refresh()),
    refresh,
    async choose(engine) {
      engines.choose(engine);
      return refreshAfter();
    },
    async build(recipe, base) {
      const engine = await need();
      const architecture = recipes.find((candidate) => candidate.recipe === recipe)?.architecture ?? 'x86_64';
      const { id, result } = tasks.run({ title: `Build the image ${recipe}`, route: '/containers', unit: 'steps', planned: null }, async (task) => {
        const log = logs.begin(task.id);
        try {
          await buildImage({
            engine, imagesDirectory, recipe, signal: task.signal,
            ...(base !== undefined && { base }),
            onLine: log.say,
            onStep: ({ done, planned, words }) => task.report({ phase: words.slice(0, 80), done, planned }),
          });
          await findImageQemu(engine, architecture);
        } finally {
          log.end();
          await refreshAfter().catch(() => undefined); // The list is a courtesy; the build's own end counts.
        }
      });
      // The list of tasks tells of a failure.
      result.catch(() => undefined);
      return { task: id };
    },
    buildLog: (task, signal) => logs.read(task, signal),
    removeImage: (recipe) => act((engine) => removeImage(engine, recipe)),
    createNetwork: (name, subnet) => act((engine) => createNetwork(engine, name, subnet)),
    removeNetwork: (name) => act((engine) => removeNetwork(engine, name)),
    createVolume: (name) => act((engine) => createVolume(engine, name)),
    removeVolume: (name) => act((engine) => removeVolume(engine, name)),
    compose: createCompose({ ...dependencies, chosenEngine: () => engines.chosen() }),
    watch(signal) {
      if (!hasLooked) void refresh();
      return watch(feed, () => state, signal);
    },
    dispose() {
      feed.close();
      logs.dispose();
    },
  };
}

async function lookInto(engine: DockerEngine, imagesDirectory: string, runDirectory: string): Promise<Omit<ContainersState, 'engines'>> {
  await sweepContainers(engine, runDirectory);
  const [images, networks, volumes, containers] = await Promise.all([listImages(engine, imagesDirectory), listNetworks(engine), listVolumes(engine), listGuestContainers(engine, runDirectory)]);
  return { images, networks, volumes, containers };
}
