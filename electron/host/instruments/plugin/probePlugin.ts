import { z } from 'zod';
import { DeclaredError } from '../../../contract/errors.ts';
import { runProcess } from '../../process/runProcess.ts';

/** QEMU starts in some 50 ms; the limit is for one that hangs. */
const PROBE_LIMIT_MS = 20_000;

const answer = z.object({ level: z.number().int(), registers: z.boolean(), systemRegisters: z.boolean(), decodes: z.boolean() });

/** What the plugin can do in one QEMU. */
export type PluginAbilities = z.infer<typeof answer>;

/** A machine without a guest: the plugin answers while QEMU loads it, and QEMU ends. */
export function probeArguments(plugin: string): string[] {
  return ['-machine', 'none', '-accel', 'tcg', '-nodefaults', '-display', 'none', '-plugin', `file=${plugin.replaceAll(',', ',,')},probe=on`];
}

/** Loads the plugin into a QEMU without a guest. Throws PLUGIN_REFUSED with QEMU's words, also when QEMU crashes. */
export async function probePlugin(program: string, plugin: string, signal?: AbortSignal): Promise<PluginAbilities> {
  const refuse = (reason: string, cause?: unknown): DeclaredError => new DeclaredError('PLUGIN_REFUSED', { program, reason }, { cause });
  let stdout: string;
  try {
    ({ stdout } = await runProcess(program, probeArguments(plugin), { timeLimitMs: PROBE_LIMIT_MS, ...(signal && { signal }) }));
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.failure.code !== 'PROCESS_FAILED' || error.failure.details.cancelled) throw error;
    const { signal: ended, exitCode, stderrTail } = error.failure.details;
    throw refuse([stderrTail, ended === null ? `QEMU ended with exit code ${String(exitCode)}` : `QEMU was ended by ${ended}`].join('\n'), error);
  }
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  const parsed = answer.safeParse(line === undefined ? null : JSON.parse(line));
  if (!parsed.success) throw refuse(`the plugin did not answer: ${stdout.slice(-500)}`);
  return parsed.data;
}
