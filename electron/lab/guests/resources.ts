import { z } from 'zod';
import type { ResourceSample } from '../../contract/guests.ts';
import { readProcessUsage } from '../../host/process/processUsage.ts';
import { createFeed, type Feed } from '../feed.ts';
import type { RunningGuest } from './runningGuest.ts';

const SAMPLE_EVERY_MS = 1_000;
/** Five minutes. */
const KEPT_SAMPLES = 300;

const blockStatistics = z.array(z.object({ stats: z.object({ rd_bytes: z.number(), wr_bytes: z.number() }) }));

async function diskBytes({ machine, kept }: RunningGuest): Promise<{ read: number | null; written: number | null }> {
  if (kept.disks.length === 0) return { read: null, written: null };
  try {
    const devices = blockStatistics.parse(await machine.qmp.execute('query-blockstats', undefined, SAMPLE_EVERY_MS));
    const sum = (key: 'rd_bytes' | 'wr_bytes'): number => devices.reduce((total, { stats }) => total + stats[key], 0);
    return { read: sum('rd_bytes'), written: sum('wr_bytes') };
  } catch {
    // QEMU is busy or ending: this sample goes without.
    return { read: null, written: null };
  }
}

type Samples = { samples: ResourceSample[] };

interface Record {
  readonly feed: Feed<Samples>;
  samples: ResourceSample[];
}

/** What running guests take, once a second. */
export interface Resources {
  /** Those of the last minutes first, then each as it is taken, until the guest ends. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<Samples>;
  /** Until the answered function is called. */
  begin(id: string, guest: RunningGuest): () => void;
}

export function createResources(): Resources {
  const records = new Map<string, Record>();

  const begin = (id: string, guest: RunningGuest): (() => void) => {
    const record: Record = { feed: createFeed<Samples>(), samples: [] };
    records.set(id, record);
    let consoleBytes = 0;
    for (const { bytes } of guest.serial()) bytes((chunk) => (consoleBytes += chunk.length));
    let before: { atMs: number; cpuSeconds: number } | null = null;
    const take = async (): Promise<void> => {
      const usage = readProcessUsage(guest.machine.record.pid);
      if (usage === null) return;
      const atMs = Date.now();
      const cpuPercent = before === null ? 0 : (100_000 * (usage.cpuSeconds - before.cpuSeconds)) / Math.max(1, atMs - before.atMs);
      before = { atMs, cpuSeconds: usage.cpuSeconds };
      const { read, written } = await diskBytes(guest);
      // QEMU's user-mode network counts nothing.
      const sample = { atMs, cpuPercent, memoryBytes: usage.memoryBytes, diskReadBytes: read, diskWrittenBytes: written, networkReceivedBytes: null, networkSentBytes: null, consoleBytes };
      record.samples = [...record.samples.slice(1 - KEPT_SAMPLES), sample];
      record.feed.publish({ samples: [sample] });
    };
    const timer = setInterval(() => void take(), SAMPLE_EVERY_MS);
    void take();
    return () => {
      clearInterval(timer);
      record.feed.close();
      records.delete(id);
    };
  };

  return {
    begin,
    watch(id, signal) {
      const record = records.get(id);
      const feed = record?.feed ?? closedFeed();
      return feed.subscribe(signal, { samples: record?.samples ?? [] });
    },
  };
}

/** Of a guest that does not run: nothing comes. */
function closedFeed(): Feed<Samples> {
  const feed = createFeed<Samples>();
  feed.close();
  return feed;
}
