import type { MachineDefinition } from '../../contract/catalog.ts';
import type { Architecture } from '../../contract/primitives.ts';

/** What an accelerator has to boot. */
export interface ProvingGuest {
  /** Under `images/`. */
  readonly kernel: string;
  readonly machine: MachineDefinition;
}

const i386: ProvingGuest = { kernel: 'builtin/built/petri-i386.elf', machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 } };
const arm: ProvingGuest = { kernel: 'builtin/built/petri-arm.elf', machine: { board: 'virt', cpuModel: 'auto', cpus: 1, memoryMiB: 64 } };

/** The built-in guest for each architecture that has one; a 64-bit PC begins as a 32-bit one and runs the same. */
export const provingGuests = { i386, x86_64: i386, arm } as const satisfies Partial<Record<Architecture, ProvingGuest>>;
export type ProvenArchitecture = keyof typeof provingGuests;
export const provenArchitectures = Object.keys(provingGuests) as ProvenArchitecture[];

/** The built-in guest's shell prompt: a line without an end. */
export const PROVING_PROMPT = /^petri# /m;
