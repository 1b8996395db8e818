import { InvalidArgumentError } from 'commander';
import { DeclaredError, explain } from '../../contract/errors.ts';
import type { MemoryModel } from '../../contract/metrics.ts';
import { parseModelParts } from '../../core/memory/memoryModelText.ts';

/** `l1d=64x8x64,dtlb=16x4`: sets, ways and the bytes of a line; what is not named is as in the settings. */
export function modelOption(text: string): Partial<MemoryModel> {
  try {
    return parseModelParts(text);
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    const { what, evidence, fix } = explain(error.failure);
    throw new InvalidArgumentError([what, ...evidence.slice(0, 1).map((reason) => `${reason}.`), fix].join(' '));
  }
}
