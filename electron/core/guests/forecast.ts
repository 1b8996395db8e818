import type { Forecast } from '../../contract/guests.ts';
import type { MemoryBudget } from './memory.ts';

/** As many copies as the seeds ask about. */
export const FORECAST_INSTANCES = [2, 4, 8] as const;

export interface ForecastInput {
  /** What one copy is promised of the host's memory. */
  readonly promisedMiB: number;
  readonly cpus: number;
  /** The size of one copy's disks, copied whole. */
  readonly diskBytes: number;
  readonly budget: MemoryBudget;
  readonly hostCpus: number;
  /** CPUs of guests that run. */
  readonly busyCpus: number;
  readonly freeDiskBytes: number;
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function judge(needs: Pick<Forecast, 'memoryMiB' | 'cpus' | 'diskBytes'>, { budget, hostCpus, busyCpus, freeDiskBytes }: ForecastInput): Pick<Forecast, 'verdict' | 'why'> {
  const { memoryMiB, cpus, diskBytes } = needs;
  if (memoryMiB > budget.availableMiB) return { verdict: 'refused', why: `${memoryMiB} MiB are needed, and ${Math.floor(budget.availableMiB)} MiB can be given` };
  if (diskBytes > freeDiskBytes) return { verdict: 'refused', why: `whole copies of its disks need ${gibibytes(diskBytes)}, and ${gibibytes(freeDiskBytes)} are free; linked clones need little` };
  const resources = [
    { isTight: cpus + busyCpus > hostCpus, why: `${cpus + busyCpus} virtual CPUs${busyCpus > 0 ? `, with ${busyCpus} of guests that run,` : ''} share ${hostCpus}`, numbers: `${cpus + busyCpus} of ${hostCpus} CPUs` },
    { isTight: memoryMiB > budget.availableMiB * 0.9, why: `less than a tenth of the memory is left: ${memoryMiB} of ${Math.floor(budget.availableMiB)} MiB`, numbers: `${memoryMiB} of ${Math.floor(budget.availableMiB)} MiB of memory` },
    { isTight: diskBytes > freeDiskBytes * 0.9, why: `less than a tenth of the disk is left: ${gibibytes(diskBytes)} of ${gibibytes(freeDiskBytes)}`, numbers: `${gibibytes(diskBytes)} of ${gibibytes(freeDiskBytes)} of disk` },
  ];
  // What makes it tight first, then how much is needed of the rest.
  const reasons = [...resources.filter(({ isTight }) => isTight).map(({ why }) => why), resources.filter(({ isTight }) => !isTight).map(({ numbers }) => numbers).join(', ')];
  return { verdict: resources.some(({ isTight }) => isTight) ? 'tight' : 'fits', why: reasons.filter((reason) => reason !== '').join('; ') };
}

/** What 2, 4 and 8 copies of a guest would need beside what runs already, and whether this host has it. A calculation. */
export function forecastInstances(input: ForecastInput): Forecast[] {
  return FORECAST_INSTANCES.map((instances) => {
    const needs = { memoryMiB: instances * input.promisedMiB, cpus: instances * input.cpus, diskBytes: instances * input.diskBytes };
    return { instances, ...needs, ...judge(needs, input) };
  });
}
