import { DeclaredError } from '../../contract/errors.ts';
import { contentDigest } from '../../host/disks/contentDigest.ts';
import type { DisksService } from '../disks/disks.ts';
import { describeError, type Log } from '../log.ts';

/** Digests of what is read through frozen layers: computed once, one after the other, in the background. */
export interface LayerDigests {
  /** What is known already; null when it is not. */
  known(layer: string): string | null;
  of(layer: string, signal?: AbortSignal): Promise<string>;
  /** Reads the layer's files again, whatever is known. Throws DISK_DAMAGED for that disk when they read otherwise than they did. */
  again(layer: string, disk: string, signal?: AbortSignal): Promise<string>;
  /** Computes them when nothing else is being computed, and calls back after each. */
  later(layers: readonly string[], done: () => void): void;
  dispose(): Promise<void>;
}

export function createLayerDigests(disks: DisksService, log: Log): LayerDigests {
  const { shelf, records, qemuImg, files } = disks.tools;
  const over = new AbortController();
  let queue: Promise<unknown> = Promise.resolve();
  const known = (layer: string): string | null => shelf.get(layer)?.digest ?? null;
  const read = (layer: string, signal?: AbortSignal): Promise<string> =>
    shelf.reading(layer, async (chain) => (await contentDigest(qemuImg, chain.map(shelf.image), files.temporary, signal)).digest);
  const of = async (layer: string, signal?: AbortSignal): Promise<string> => {
    const found = known(layer);
    if (found !== null) return found;
    const digest = await read(layer, signal);
    const record = shelf.get(layer);
    // It may have been forgotten meanwhile.
    if (record?.state === 'whole') records.layers.put(layer, { ...record, digest });
    return digest;
  };

  return {
    known,
    of,
    async again(layer, disk, signal) {
      const kept = known(layer);
      if (kept === null) return of(layer, signal);
      const found = await read(layer, signal);
      if (found === kept) return found;
      const file = shelf.get(layer)?.file ?? layer;
      throw new DeclaredError('DISK_DAMAGED', { disk, path: files.path(file), output: [`the frozen layer ${file} reads ${found} now, and read ${kept} when it was kept`] });
    },
    later(layers, done) {
      for (const layer of layers) {
        queue = queue.then(async () => {
          if (over.signal.aborted || shelf.get(layer) === undefined) return;
          await of(layer, over.signal).then(done, (error: unknown) => {
            if (!over.signal.aborted) log({ level: 'warn', noun: 'snapshots', message: `the digest of ${layer} could not be computed`, details: describeError(error) });
          });
        });
      }
    },
    async dispose() {
      over.abort(new Error('the lab ends'));
      await queue;
    },
  };
}
