import { DeclaredError } from '../../contract/errors.ts';
import type { Forecast, GuestDefinition } from '../../contract/guests.ts';
import { forecastInstances } from '../../core/guests/forecast.ts';
import { memoryBudget, promisedMiB, type MemoryBudget, type MemoryUser } from '../../core/guests/memory.ts';
import { readProcessUsage } from '../../host/process/processUsage.ts';
import { countCpus } from '../../host/system/cpus.ts';
import { readDiskSpace, readMemory } from '../../host/system/space.ts';
import type { Definitions } from './definitions.ts';
import type { GuestDisks } from './disks.ts';
import type { Limits } from './limits.ts';
import type { Runtimes } from './runtimes.ts';

const MIB = 1024 * 1024;

export interface CapacityDependencies {
  readonly definitions: Pick<Definitions, 'list'>;
  readonly runtimes: Pick<Runtimes, 'get' | 'running'>;
  readonly disks: Pick<GuestDisks, 'get'>;
  readonly limits: Pick<Limits, 'missing'>;
  readonly dataDirectory: string;
  /** Kept for the host, a setting. */
  readonly reserveMiB: () => number;
}

/** How much of this host guests may have. */
export interface Capacity {
  /** Throws MEMORY_OVERCOMMITTED with the sum. */
  refuseTooMuch(definition: GuestDefinition): void;
  advice(definition: GuestDefinition): Promise<string[]>;
  forecast(definition: GuestDefinition): Forecast[];
}

function promised({ machine, limits }: GuestDefinition): number {
  return promisedMiB({ memoryMiB: machine.memoryMiB, reservedMiB: limits.reservedMemoryMiB ?? 0 });
}

export function createCapacity({ definitions, runtimes, disks, limits, dataDirectory, reserveMiB }: CapacityDependencies): Capacity {
  const others = (id: string): GuestDefinition[] => definitions.list().filter((other) => other.id !== id && other.place.kind === 'qemu');
  const runs = ({ id }: GuestDefinition): boolean => runtimes.get(id).state !== 'stopped';
  const residentMiB = ({ id }: GuestDefinition): number => {
    const pid = runtimes.running(id)?.machine.record.pid;
    return pid === undefined ? 0 : (readProcessUsage(pid)?.memoryBytes ?? 0) / MIB;
  };
  const usersBeside = (id: string): MemoryUser[] =>
    others(id).flatMap((other) => {
      if (runs(other)) return [{ name: `${other.name} runs`, memoryMiB: promised(other) }];
      const reserved = other.limits.reservedMemoryMiB ?? 0;
      return reserved === 0 ? [] : [{ name: `reserved for ${other.name}`, memoryMiB: reserved }];
    });
  const budgetBeside = (id: string): MemoryBudget => {
    const { totalBytes, availableBytes } = readMemory();
    // What guests have touched of their memory is in the promise to them already.
    const guestsMiB = definitions.list().filter(runs).reduce((sum, guest) => sum + residentMiB(guest), 0);
    const othersMiB = Math.max(0, Math.round((totalBytes - availableBytes) / MIB - guestsMiB));
    return memoryBudget({ totalMiB: Math.floor(totalBytes / MIB), othersMiB, reserveMiB: reserveMiB() }, usersBeside(id));
  };
  const busyCpus = (id: string): number => others(id).filter(runs).reduce((sum, { machine }) => sum + machine.cpus, 0);

  const cpuAdvice = ({ id, machine }: GuestDefinition): string[] => {
    const [host, busy] = [countCpus(), busyCpus(id)];
    if (machine.cpus > host) return [`It has ${machine.cpus} virtual CPUs and this host has ${host}: they take turns, and times measured with them mean little.`];
    return machine.cpus + busy > host ? [`With the guests that run, ${machine.cpus + busy} virtual CPUs share ${host}: each gets less than one.`] : [];
  };
  const limitAdvice = ({ machine, limits: { memoryMiB } }: GuestDefinition): string[] =>
    memoryMiB !== null && memoryMiB < machine.memoryMiB ? [`QEMU may have ${memoryMiB} MiB, less than the guest's memory of ${machine.memoryMiB} MiB: the kernel ends it when the guest uses more.`] : [];

  return {
    refuseTooMuch(definition) {
      if (definition.place.kind !== 'qemu') return;
      const { availableMiB, sum } = budgetBeside(definition.id);
      const wantedMiB = promised(definition);
      if (wantedMiB > availableMiB) throw new DeclaredError('MEMORY_OVERCOMMITTED', { guest: definition.name, wantedMiB, availableMiB, sum: [...sum] });
    },
    async advice(definition) {
      const { availableMiB } = budgetBeside(definition.id);
      const memory = promised(definition) > availableMiB ? [`It needs ${promised(definition)} MiB and ${availableMiB} MiB can be given: its start would be refused.`] : [];
      return [...cpuAdvice(definition), ...memory, ...limitAdvice(definition), ...(await limits.missing(definition))];
    },
    forecast(definition) {
      const { availableBytes } = readDiskSpace(dataDirectory);
      return forecastInstances({
        promisedMiB: promised(definition),
        cpus: definition.machine.cpus,
        diskBytes: definition.disks.reduce((sum, { disk }) => sum + disks.get(disk).fileBytes, 0),
        budget: budgetBeside(''),
        hostCpus: countCpus(),
        busyCpus: busyCpus(''),
        freeDiskBytes: availableBytes,
      });
    },
  };
}
