import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';

/** The digest that was recorded when a shipped image was built, from the `SHA256SUMS` beside it; undefined when there is none. */
export function recordedDigest(imagesDirectory: string, path: string): string | undefined {
  const inside = normalize(path);
  if (isAbsolute(inside) || inside.split(sep).includes('..')) return undefined;
  const sums = join(imagesDirectory, dirname(inside), 'SHA256SUMS');
  if (!existsSync(sums)) return undefined;
  // The format of sha256sum: the digest, two spaces or a space and an asterisk, the name.
  const lines = readFileSync(sums, 'utf8').split('\n').map((line) => /^([0-9a-f]{64}) [ *](.+)$/.exec(line));
  return lines.find((line) => line?.[2] === basename(inside))?.[1];
}
