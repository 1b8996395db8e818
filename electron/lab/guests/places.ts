import type { AcceleratorName, QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition, Place } from '../../contract/guests.ts';
import type { SamplePlace } from '../../contract/measurements.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { plainImagePaths } from '../../core/guests/plainImagePaths.ts';
import { qemuArguments } from '../../core/guests/qemuArguments.ts';
import { adoptMachine, type KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { startMachine, type StartMachine } from '../../host/qemu/startMachine.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';

/** Where QEMU runs: on this host, or in a container. */
export interface MachinePlace {
  /** The program and its accelerator there. Throws QEMU_… and ACCELERATOR_UNUSABLE. */
  choose(definition: GuestDefinition): Promise<{ accelerator: AcceleratorName; qemu: QemuBuild }>;
  /** As `startMachine` of host/qemu. `definition` has the limits that a container is given. */
  start(start: StartMachine, definition: GuestDefinition): Promise<Machine>;
  /** What `start` would run, one word an element; nothing is started or changed. Throws what planning it throws. */
  command(start: StartMachine, definition: GuestDefinition): Promise<string[]>;
  /** What was seen of this place since the lab began and is worth knowing before a start there. */
  advice(definition: GuestDefinition): string[];
  /** As `adoptMachine` of host/qemu: null when the machine is gone. */
  adopt(kept: KeptMachine): Promise<Machine | null>;
  /** For a place that is not this host: what belongs to each sample, and what `-trace help` says there (null: no trace can be read here). */
  readonly elsewhere?: {
    describe(definition: GuestDefinition): Promise<SamplePlace>;
    traceEvents(definition: GuestDefinition): Promise<string | null>;
  };
}

/** The places that this lab knows; the only point where they are told apart. */
export interface Places {
  of(place: Place): MachinePlace;
}

export interface PlacesDependencies {
  readonly accelerators: AcceleratorsService;
  /** Containers belong to a noun further right; without it there are none. */
  readonly docker?: (engine: string) => MachinePlace;
}

export function createPlaces({ accelerators, docker }: PlacesDependencies): Places {
  const onThisHost: MachinePlace = {
    choose: ({ architecture, accelerator }) => accelerators.choose(architecture, accelerator),
    start: (start) => startMachine(start),
    command: ({ program, specification, directory }) => Promise.resolve([program.program, ...qemuArguments(plainImagePaths(specification, directory).specification)]),
    advice: () => [],
    adopt: (kept) => adoptMachine(kept),
  };
  return {
    of(place) {
      if (place.kind === 'qemu') return onThisHost;
      if (docker !== undefined) return docker(place.engine);
      throw new DeclaredError('NOT_FOUND', { noun: 'Docker Engine', id: place.engine });
    },
  };
}

/** Where a machine of the ledger runs. */
export function placeOf({ record: { container } }: Pick<KeptMachine, 'record'>): Place {
  return container === null ? { kind: 'qemu' } : { kind: 'docker', engine: container.engine };
}
