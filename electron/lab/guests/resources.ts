import { z } from 'zod';
import type { ResourceSample } from '../../contract/guests.ts';
import type { ResourceCounters } from '../../core/guests/resourceCounters.ts';
import { readProcessUsage, type ProcessUsage } from '../../host/process/processUsage.ts';
import { closedFeed, createFeed, type Feed } from '../feed.ts';
import { countExits } from './exits.ts';
import type { RunningGuest } from './runningGuest.ts';

const SAMPLE_EVERY_MS = 1_000;
/** Five minutes. */
const KEPT_SAMPLES = 300;
/** QEMU answers in a millisecond. While it does not, no further question is asked. */
const ANSWER_LIMIT_MS = 3_000;

const blockStatistics = z.array(z.object({ stats: z.object({ rd_bytes: z.number(), wr_bytes: z.number() }) }));

interface DiskBytes {
  readonly read: number;
  readonly written: number;
}

/** What the guest's drives moved; null when QEMU is busy, stuck or ending. */
async function diskBytes({ machine }: RunningGuest): Promise<DiskBytes | null> {
  try {
    const devices = blockStatistics.parse(await machine.qmp.execute('query-blockstats', undefined, ANSWER_LIMIT_MS));
    const sum = (key: 'rd_bytes' | 'wr_bytes'): number => devices.reduce((total, { stats }) => total + stats[key], 0);
    return { read: sum('rd_bytes'), written: sum('wr_bytes') };
  } catch {
    return null;
  }
}

/** Of QEMU; null when it is gone, or has this pid on another host than this one. */
function usageOf({ machine: { record } }: RunningGuest): ProcessUsage | null {
  const usage = readProcessUsage(record.pid);
  return usage === null || (record.container !== null && !usage.command.startsWith('qemu')) ? null : usage;
}

type Samples = { samples: ResourceSample[] };

interface Record {
  readonly feed: Feed<Samples>;
  samples: ResourceSample[];
}

/** Hears what a guest has taken since its start, once a second, as long as QEMU answers. */
export type CountersListener = (guest: string, counters: ResourceCounters) => void;

/** What running guests take, once a second. */
export interface Resources {
  /** Those of the last minutes first, then each as it is taken, until the guest ends. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<Samples>;
  /** Until the answered function is called. */
  onCounters(listener: CountersListener): () => void;
  /** Until the answered function is called. */
  begin(id: string, guest: RunningGuest): () => void;
}

export function createResources(): Resources {
  const records = new Map<string, Record>();
  const listeners = new Set<CountersListener>();

  const begin = (id: string, guest: RunningGuest): (() => void) => {
    const record: Record = { feed: createFeed<Samples>(), samples: [] };
    records.set(id, record);
    let consoleBytes = 0;
    const stops = guest.serial().map(({ bytes }) => bytes((chunk) => (consoleBytes += chunk.length)));
    const exits = countExits(guest.machine);
    let before: { steadyMs: number; cpuSeconds: number } | null = null;
    const take = async (): Promise<void> => {
      const disk = await diskBytes(guest);
      const usage = usageOf(guest);
      if (usage === null || records.get(id) !== record) return;
      const counters = countersOf(usage, guest.kept.disks.length === 0 ? null : disk, consoleBytes, await exits());
      const cpuPercent = before === null ? 0 : (100_000 * (usage.cpuSeconds - before.cpuSeconds)) / Math.max(1, counters.steadyMs - before.steadyMs);
      before = { steadyMs: counters.steadyMs, cpuSeconds: usage.cpuSeconds };
      const sample = sampleOf(counters, usage, cpuPercent, consoleBytes);
      record.samples = [...record.samples.slice(1 - KEPT_SAMPLES), sample];
      record.feed.publish({ samples: [sample] });
      // A QEMU that does not answer is stuck: its numbers are no news.
      if (disk !== null) for (const listener of listeners) listener(id, counters);
    };
    const stop = everySecond(take);
    return () => {
      stop();
      for (const leave of stops) leave();
      record.feed.close();
      records.delete(id);
    };
  };

  return {
    begin,
    onCounters(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watch(id, signal) {
      const record = records.get(id);
      const feed = record?.feed ?? closedFeed<Samples>();
      return feed.subscribe(signal, { samples: record?.samples ?? [] });
    },
  };
}

/** Takes now and each second; a second in which the last one is not done yet is left out. */
function everySecond(take: () => Promise<void>): () => void {
  let taking = false;
  const turn = (): void => {
    if (taking) return;
    taking = true;
    void take().finally(() => (taking = false));
  };
  const timer = setInterval(turn, SAMPLE_EVERY_MS);
  turn();
  return () => clearInterval(timer);
}

function countersOf({ cpuSeconds, memoryBytes, faults }: ProcessUsage, disk: DiskBytes | null, consoleBytes: number, exits: number | null): ResourceCounters {
  return {
    ...{ atMs: Date.now(), steadyMs: performance.now(), cpuSeconds, memoryBytes, hostFaults: faults, exits, consoleBytes },
    diskReadBytes: disk?.read ?? null,
    diskWrittenBytes: disk?.written ?? null,
    // QEMU's user-mode network counts nothing.
    networkReceivedBytes: null,
    networkSentBytes: null,
  };
}

function sampleOf(counters: ResourceCounters, { memoryBytes }: ProcessUsage, cpuPercent: number, consoleBytes: number): ResourceSample {
  const { atMs, diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes } = counters;
  return { atMs, cpuPercent, memoryBytes, diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes, consoleBytes };
}
