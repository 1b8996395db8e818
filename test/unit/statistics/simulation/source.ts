import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'electron/core/statistics';
const measured = ['bootstrap.ts', 'cliffsDelta.ts', 'detectableChange.ts', 'effect.ts', 'holm.ts', 'normal.ts', 'orderStatistics.ts', 'outliers.ts', 'randomGenerator.ts', 'ranks.ts', 'rankSum.ts', 'trend.ts', 'verdict.ts'];

export const coverageFile = 'resources/statistics/coverage.json';

/** Of the code that the simulation measures, without the comments, which measure nothing. */
export function sourceDigest(): { digest: string; files: string[] } {
  const hash = createHash('sha256');
  for (const file of measured) hash.update(withoutComments(readFileSync(join(folder, file), 'utf8')));
  return { digest: `sha256:${hash.digest('hex')}`, files: measured.map((file) => `${folder}/${file}`) };
}

function withoutComments(source: string): string {
  return source.replaceAll(/^\s*(?:\/\*\*.*?\*\/|\/\/.*?$)\n/gms, '');
}

/** A seed of its own for each part of the simulation, so that parts can be repeated alone. */
export function seedOf(seed: number, part: unknown): number {
  return createHash('sha256').update(JSON.stringify([seed, part])).digest().readUInt32LE();
}
