import { watch, type FSWatcher } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../../core/guests/machine.ts';
import { createPacketLengths } from '../../core/instruments/packetLengths.ts';
import type { NetworkCounts } from '../../core/instruments/seenBeside.ts';
import { optionValue } from '../../core/guests/optionValue.ts';

/** Of a packet the first byte is kept, and a header with its length: 17 bytes. So these are some four million packets in a direction. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** Seen from QEMU's side of the card: what it receives (`rx`) the guest has sent. */
const directions = [
  { name: 'sent', queue: 'rx' },
  { name: 'received', queue: 'tx' },
] as const;

/** Counts what a guest sends and receives within a window, by QEMU's own dump of packets on the network `net0`. */
export interface NetworkCount {
  /** More arguments for QEMU; they come behind the network's own. */
  readonly arguments: readonly string[];
  begin(machine: Pick<Machine, 'qmp'>): Promise<void>;
  /** What went through since the begin; null when there was more than is kept, or nothing that can be read. A QEMU that is gone has left its files. */
  end(machine: Pick<Machine, 'qmp'>): Promise<NetworkCounts | null>;
  /** The files are removed. */
  dispose(): Promise<void>;
}

export function createNetworkCount(directory: string): NetworkCount {
  const files = directions.map((direction) => ({ ...direction, id: `petri-${direction.name}`, path: join(directory, `packets-${direction.name}`) }));
  const watchers: FSWatcher[] = [];
  let isTooMuch = false;
  const turn = async ({ qmp }: Pick<Machine, 'qmp'>, status: 'on' | 'off'): Promise<void> => {
    for (const { id } of files) await qmp.execute('qom-set', { path: `/objects/${id}`, property: 'status', value: status });
  };
  /** A file that has become too large is not written any more, and nothing of it counts. */
  const limit = (machine: Pick<Machine, 'qmp'>, path: string): void => {
    watchers.push(watch(path, () => {
      stat(path).then(({ size }) => {
        if (size <= LIMIT_BYTES || isTooMuch) return;
        isTooMuch = true;
        turn(machine, 'off').catch(() => undefined); // QEMU is gone, and writes no more.
      }, () => undefined); // It was removed with the boot.
    }));
  };
  const stopWatching = (): void => {
    for (const watcher of watchers.splice(0)) watcher.close();
  };
  return {
    arguments: files.flatMap(({ id, queue, path }) => ['-object', `filter-dump,id=${id},netdev=net0,queue=${queue},maxlen=1,status=off,file=${optionValue(path)}`]),
    async begin(machine) {
      for (const { path } of files) limit(machine, path);
      await turn(machine, 'on');
    },
    async end(machine) {
      await turn(machine, 'off').catch(() => undefined); // QEMU is gone: its files are whole.
      stopWatching();
      if (isTooMuch) return null;
      const [sent, received] = await Promise.all(files.map(({ path }) => bytesIn(path)));
      return sent == null || received == null ? null : { bytesSent: sent, bytesReceived: received };
    },
    async dispose() {
      stopWatching();
      for (const { path } of files) await rm(path, { force: true });
    },
  };
}

/** Null when it is no file of packets. */
async function bytesIn(path: string): Promise<number | null> {
  const lengths = createPacketLengths();
  const file = await open(path, 'r').catch(() => null); // QEMU never came to make it.
  if (file === null) return null;
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
      if (bytesRead === 0) return lengths.totals().bytes;
      lengths.take(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    await file.close();
  }
}
