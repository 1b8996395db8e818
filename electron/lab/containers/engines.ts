import type { Engine } from '../../contract/containers.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { EngineAddress } from '../../core/containers/judgeEngine.ts';
import { currentEngine, listEngines, thisEnvironment, type DockerEnvironment } from '../../host/docker/contexts.ts';
import { openEngine, type DockerEngine } from '../../host/docker/engine.ts';
import { probeEngine } from '../../host/docker/probeEngine.ts';
import type { SettingsService } from '../settings/settings.ts';

/** The Docker Engines that this user knows, opened when they are needed. */
export interface Engines {
  chosen(): string;
  /** Throws NOT_FOUND for a context that there is not. */
  choose(name: string): void;
  /** Throws NOT_FOUND, and the declared failure of an engine that is not in a good state. */
  need(name: string): Promise<DockerEngine>;
  /** All of them, each asked now. */
  probe(): Promise<Engine[]>;
  dispose(): Promise<void>;
}

export function createEngines({ settings, environment = thisEnvironment }: { readonly settings: SettingsService; readonly environment?: DockerEnvironment }): Engines {
  const opened = new Map<string, Promise<DockerEngine>>();
  const chosen = (): string => settings.get().dockerEngine ?? currentEngine(environment);
  const address = (name: string): EngineAddress => {
    const found = listEngines(environment).find((candidate) => candidate.name === name);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'Docker context', id: name });
    return found;
  };
  /** A context that leads elsewhere now is another engine. */
  const open = ({ name, host }: EngineAddress): Promise<DockerEngine> => {
    const key = `${name} ${host}`;
    const engine = opened.get(key) ?? openEngine({ name, host }, environment);
    opened.set(key, engine);
    engine.catch(() => opened.delete(key));
    return engine;
  };
  const describe = async (known: EngineAddress): Promise<Engine> => {
    const about = { ...known, chosen: known.name === chosen() };
    try {
      return { ...about, ...(await probeEngine(await open(known), environment)) };
    } catch (error) {
      if (!(error instanceof DeclaredError)) throw error;
      return { ...about, state: 'unknown', version: null, platform: null, failure: error.failure };
    }
  };
  return {
    chosen,
    choose(name) {
      address(name);
      settings.update({ dockerEngine: name });
    },
    async need(name) {
      const engine = await open(address(name));
      const { failure } = await probeEngine(engine, environment);
      if (failure === null) return engine;
      throw new DeclaredError(failure.code, failure.details);
    },
    probe: () => Promise.all(listEngines(environment).map(describe)),
    async dispose() {
      for (const engine of opened.values()) await (await engine.catch(() => null))?.close();
    },
  };
}
