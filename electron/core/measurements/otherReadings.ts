import { z } from 'zod';
import type { MetricName, Reading } from '../../contract/metrics.ts';
import type { MetricOutlook } from '../instruments/eventInstrument.ts';
import type { DiskCounts, NetworkCounts, SeenBeside } from '../instruments/seenBeside.ts';
import { metricWords } from './metricNames.ts';
import { networkMetrics, networkTechnique } from './networkReadings.ts';

/** A number that the plan's event instrument did not give. */
export interface OtherReading {
  readonly value: number;
  /** Who gave it: `qmp` for QEMU's monitor, `console` for what the guest printed. */
  readonly instrument: 'qmp' | 'console';
  readonly technique: string;
  readonly resolution: number;
}

const blockStatistics = z.array(z.object({ stats: z.object({ rd_operations: z.number(), wr_operations: z.number(), rd_bytes: z.number(), wr_bytes: z.number() }) }));

/** QEMU's answer to `query-blockstats` (QEMU QMP Reference Manual, BlockStats). Throws ZodError for another. */
export function readDiskCounts(answer: unknown): DiskCounts {
  const sum = (of: (stats: z.infer<typeof blockStatistics>[number]['stats']) => number): number => blockStatistics.parse(answer).reduce((total, { stats }) => total + of(stats), 0);
  return { operations: sum((stats) => stats.rd_operations + stats.wr_operations), bytesRead: sum((stats) => stats.rd_bytes), bytesWritten: sum((stats) => stats.wr_bytes) };
}

type Others = Partial<Readonly<Record<MetricName, OtherReading>>>;

/** The median delay of a byte on its way from QEMU to this process is below this (docs/decisions/0002-stamps-from-the-uart-trace.md). */
export const ARRIVAL_NS = 100_000;

export const diskTechnique = 'QEMU’s own count of the disks’ requests (query-blockstats)';
/** QEMU counts and does not stamp: what the guest asks for between its last phase and the host's question is in the count. */
export const untilStop = 'from the spawn to the moment at which the host asked, shortly after the last phase';
export const loadTechnique = 'from the typed line to the next prompt, seen in this process';

/** Readings of disks and of the load. A number that nobody took is left out, and the plan's own instrument says why. */
export function otherReadings({ disks, loadNs, work, fromSpawn = false, network = null }: SeenBeside): Others {
  return { ...(disks === null ? {} : diskReadings(disks, fromSpawn)), ...(network === null ? {} : networkReadings(network, fromSpawn)), ...(loadNs === null ? {} : loadReadings(loadNs, work)) };
}

/** Why there is no reading of a load that was typed and has no time. */
export function unfinishedLoad(prompt: string | null): MetricOutlook[] {
  const reason = prompt === null ? 'no prompt of this guest is known, so nobody sees when a load is done' : 'the load was not done when the window ended';
  return (['workTime', 'workRate'] as const).map((metric) => ({ metric, certainty: 'unavailable', technique: loadTechnique, resolution: null, reason }));
}

function diskReadings({ before, after }: NonNullable<SeenBeside['disks']>, fromSpawn: boolean): Others {
  const technique = fromSpawn ? `${diskTechnique}, ${untilStop}` : diskTechnique;
  const reading = (value: number): OtherReading => ({ value, instrument: 'qmp', technique, resolution: 1 });
  return {
    blockOperations: reading(after.operations - before.operations),
    blockBytesRead: reading(after.bytesRead - before.bytesRead),
    blockBytesWritten: reading(after.bytesWritten - before.bytesWritten),
  };
}

function networkReadings({ bytesReceived, bytesSent }: NetworkCounts, fromSpawn: boolean): Others {
  const technique = fromSpawn ? `${networkTechnique}, ${untilStop}` : networkTechnique;
  const reading = (value: number): OtherReading => ({ value, instrument: 'qmp', technique, resolution: 1 });
  return { networkBytesReceived: reading(bytesReceived), networkBytesSent: reading(bytesSent) };
}

function loadReadings(loadNs: number, work: SeenBeside['work']): Others {
  const time: Others = { workTime: { value: loadNs, instrument: 'console', technique: loadTechnique, resolution: ARRIVAL_NS } };
  if (work === null || loadNs <= 0) return time;
  const perSecond = work.amount / (loadNs / 1e9);
  // What the uncertain time makes of the rate.
  const resolution = perSecond * (ARRIVAL_NS / loadNs);
  return { ...time, workRate: { value: perSecond, instrument: 'console', technique: `${work.unit} in a second, ${loadTechnique}`, resolution } };
}

/** Readings that no event instrument gives, with why: they are never taken in a measured boot, or only elsewhere. */
export function neverTaken(metric: MetricName, accelerator: string, hasNetwork = true): Pick<Reading, 'metric' | 'unit'> & { readonly reason: string } | null {
  const { unit } = metricWords[metric];
  if (networkMetrics.has(metric) && !hasNetwork) return { metric, unit, reason: 'this guest has no network card' };
  if (metric === 'virtualMachineExits') return { metric, unit, reason: accelerator === 'kvm' ? 'exits of a measured window are not taken: KVM’s count (query-stats) is asked for the dashboard alone' : `${accelerator} emulates the processor: nothing leaves a guest` };
  return null;
}
