import { DeclaredError } from '../../contract/errors.ts';
import type { Forecast, GuestDefinition, GuestDraft } from '../../contract/guests.ts';
import { forecastInstances } from '../../core/guests/forecast.ts';
import { memoryBudget, promisedMiB, type MemoryBudget, type MemoryUser } from '../../core/guests/memory.ts';
import { readProcessUsage } from '../../host/process/processUsage.ts';
import { countCpus } from '../../host/system/cpus.ts';
import { readDiskSpace, readMemory } from '../../host/system/space.ts';
import type { Definitions } from './definitions.ts';
import { needDisk, type GuestDisks } from './disks.ts';
import type { Limits } from './limits.ts';
import type { Runtimes } from './runtimes.ts';

const MIB = 1024 * 1024;

export interface CapacityDependencies {
  readonly definitions: Pick<Definitions, 'list'>;
  readonly runtimes: Pick<Runtimes, 'get' | 'running'>;
  readonly disks: Pick<GuestDisks, 'get' | 'trash'>;
  readonly limits: Pick<Limits, 'missing'>;
  readonly dataDirectory: string;
  /** Kept for the host, a setting. */
  readonly reserveMiB: () => number;
}

/** How much of this host guests may have. */
export interface Capacity {
  /** Throws MEMORY_OVERCOMMITTED with the sum. */
  refuseTooMuch(definition: GuestDefinition): void;
  /** Throws MEMORY_OVERCOMMITTED when this host could not keep what is reserved for all guests, even if none ran. `id` is null for a guest to be made. */
  refuseReservation(guest: Pick<GuestDraft, 'name' | 'limits' | 'place'>, id: string | null): void;
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
  const reservedFor = (guests: readonly GuestDefinition[]): GuestDefinition[] => guests.filter(({ limits: { reservedMemoryMiB } }) => (reservedMemoryMiB ?? 0) > 0);
  const reservations = (guests: readonly GuestDefinition[]): MemoryUser[] => reservedFor(guests).map(({ name, limits: { reservedMemoryMiB } }) => ({ name: `reserved for ${name}`, memoryMiB: reservedMemoryMiB ?? 0 }));
  const stoppedBeside = (id: string): GuestDefinition[] => others(id).filter((other) => !runs(other));
  const usersBeside = (id: string): MemoryUser[] => [...others(id).filter(runs).map((other) => ({ name: `${other.name} runs`, memoryMiB: promised(other) })), ...reservations(stoppedBeside(id))];
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
      if (wantedMiB <= availableMiB) return;
      throw new DeclaredError('MEMORY_OVERCOMMITTED', { guest: definition.name, wantedMiB, availableMiB, sum: [...sum], reservedFor: reservedFor(stoppedBeside(definition.id)).map(({ name }) => name) });
    },
    refuseReservation({ name, limits: { reservedMemoryMiB }, place }, id) {
      const wantedMiB = reservedMemoryMiB ?? 0;
      if (wantedMiB === 0 || place.kind !== 'qemu') return;
      const reserved = others(id ?? '');
      const { availableMiB, sum } = memoryBudget({ totalMiB: Math.floor(readMemory().totalBytes / MIB), othersMiB: 0, reserveMiB: reserveMiB() }, reservations(reserved));
      if (wantedMiB <= availableMiB) return;
      throw new DeclaredError('MEMORY_OVERCOMMITTED', { guest: name, wantedMiB, availableMiB, sum: [...sum], reservedFor: reservedFor(reserved).map((other) => other.name) });
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
        diskBytes: definition.disks.reduce((sum, { disk }) => sum + needDisk(disks, disk).fileBytes, 0),
        budget: budgetBeside(''),
        hostCpus: countCpus(),
        busyCpus: busyCpus(''),
        freeDiskBytes: availableBytes,
      });
    },
  };
}
