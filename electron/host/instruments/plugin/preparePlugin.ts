import type { QemuBuild } from '../../../contract/accelerators.ts';
import { DeclaredError } from '../../../contract/errors.ts';
import { buildPlugin } from './buildPlugin.ts';
import { findCompiler } from './compiler.ts';
import { lacksFunction, likelyLevel, namedLevel } from './pluginLevel.ts';
import { probePlugin, type PluginAbilities } from './probePlugin.ts';

export interface PluginPlaces {
  readonly sourceDirectory: string;
  readonly cacheDirectory: string;
  /** Where the compiler is looked for; this process's own search path when absent. */
  readonly searchPath?: string;
}

export interface PreparedPlugin {
  readonly path: string;
  readonly compiler: string;
  readonly abilities: PluginAbilities;
}

/**
 * Builds the plugin for a QEMU and loads it once without a guest. When QEMU has another level than its version lets expect, it is built
 * for that one. Throws INSTRUMENT_UNAVAILABLE without a compiler, PLUGIN_BUILD_FAILED and PLUGIN_REFUSED.
 */
export async function preparePlugin({ sourceDirectory, cacheDirectory, searchPath }: PluginPlaces, qemu: QemuBuild, signal?: AbortSignal): Promise<PreparedPlugin> {
  const compiler = await findCompiler(searchPath);
  if (compiler === null) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'plugin', reason: 'there is no C compiler (cc, gcc or clang) to build it with' });
  const attempt = async (level: number): Promise<PreparedPlugin> => {
    const path = await buildPlugin({ sourceDirectory, cacheDirectory, compiler, qemuId: qemu.id, level, ...(signal && { signal }) });
    return { path, compiler, abilities: await probePlugin(qemu.program, path, signal) };
  };
  return attemptDown(attempt, likelyLevel(qemu.version));
}

/** A QEMU that names its level is believed; one that lacks a function of the interface has a lower level. */
async function attemptDown(attempt: (level: number) => Promise<PreparedPlugin>, level: number): Promise<PreparedPlugin> {
  try {
    return await attempt(level);
  } catch (error) {
    const words = error instanceof DeclaredError && error.failure.code === 'PLUGIN_REFUSED' ? error.failure.details.reason : '';
    const named = namedLevel(words);
    if (named !== null && named !== level) return attempt(named);
    if (lacksFunction(words) && level > 1) return attemptDown(attempt, level - 1);
    throw error;
  }
}
