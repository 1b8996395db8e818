import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Recipe } from '../../core/containers/recipes.ts';

/** What the engine needs to build an image: two files, by their paths below `images/`. */
export interface BuildContext {
  readonly dockerfile: string;
  readonly files: readonly { readonly name: string; readonly content: Buffer; readonly mode: number }[];
  readonly bytes: number;
  /** Of names and contents: an image with another one was built from another recipe. */
  readonly digest: string;
}

const ENTRYPOINT = 'qemu/entrypoint.sh';

export async function readBuildContext(imagesDirectory: string, recipe: Recipe): Promise<BuildContext> {
  const dockerfile = `${recipe}/Dockerfile`;
  const files = await Promise.all([dockerfile, ENTRYPOINT].map(async (name) => {
    const path = join(imagesDirectory, name);
    const isProgram = name === ENTRYPOINT || ((await stat(path)).mode & 0o100) !== 0;
    return { name, content: await readFile(path), mode: isProgram ? 0o755 : 0o644 };
  }));
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name} ${content.length}\n`).update(content);
  return { dockerfile, files, bytes: files.reduce((sum, { content }) => sum + content.length, 0), digest: hash.digest('hex') };
}

/** The context as the engine takes it. */
export function packContext({ files }: BuildContext): Readable {
  const archive = pack();
  for (const { name, content, mode } of files) archive.entry({ name, mode }, content);
  archive.finalize();
  return archive as unknown as Readable;
}
