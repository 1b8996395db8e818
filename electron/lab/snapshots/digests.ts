import { contentDigest } from '../../host/disks/contentDigest.ts';
import type { DisksService } from '../disks/disks.ts';
import { describeError, type Log } from '../log.ts';

/** Digests of what is read through frozen layers: computed once, one after the other, in the background. */
export interface LayerDigests {
  /** What is known already; null when it is not. */
  known(layer: string): string | null;
  of(layer: string, signal?: AbortSignal): Promise<string>;
  /** Computes them when nothing else is being computed, and calls back after each. */
  later(layers: readonly string[], done: () => void): void;
  dispose(): Promise<void>;
}

export function createLayerDigests(disks: DisksService, log: Log): LayerDigests {
  const { shelf, records, qemuImg, files } = disks.tools;
  const over = new AbortController();
  let queue: Promise<unknown> = Promise.resolve();
  const known = (layer: string): string | null => shelf.get(layer)?.digest ?? null;
  const of = async (layer: string, signal?: AbortSignal): Promise<string> => {
    const found = known(layer);
    if (found !== null) return found;
    const { digest } = await contentDigest(qemuImg, shelf.chain(layer).map(shelf.image), files.temporary, signal);
    const record = shelf.get(layer);
    // It may have been forgotten meanwhile.
    if (record?.state === 'whole') records.layers.put(layer, { ...record, digest });
    return digest;
  };

  return {
    known,
    of,
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
