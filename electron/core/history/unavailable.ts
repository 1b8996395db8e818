import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { UnavailableNumber } from '../../contract/history.ts';
import type { ResourceCounters } from '../guests/resourceCounters.ts';

/** What decides which numbers a running guest can tell. */
export interface TellingGuest {
  readonly accelerator: AcceleratorName;
  readonly disks: number;
  readonly hasNetwork: boolean;
}

type Number = UnavailableNumber['number'];

/** The numbers that a reading of the host (null) or of a guest does not have, each with why. */
export function unavailableNumbers(counters: ResourceCounters, guest: TellingGuest | null): UnavailableNumber[] {
  const names: readonly (readonly [Number, keyof ResourceCounters])[] = [
    ['cpuPercent', 'cpuSeconds'], ['memoryBytes', 'memoryBytes'], ['hostFaults', 'hostFaults'], ['exits', 'exits'], ['diskReadBytes', 'diskReadBytes'],
    ['diskWrittenBytes', 'diskWrittenBytes'], ['networkReceivedBytes', 'networkReceivedBytes'], ['networkSentBytes', 'networkSentBytes'], ['consoleBytes', 'consoleBytes'],
  ];
  const reasonFor = (number: Number): string => (guest === null ? reasonOfHost(number) : reasonOfGuest(number, guest));
  return names.flatMap(([number, counter]) => (counters[counter] === null ? [{ number, reason: reasonFor(number) }] : []));
}

function reasonOfHost(number: Number): string {
  if (number === 'exits') return 'exits are counted of each virtual machine, not of the host';
  if (number === 'consoleBytes') return 'the host has no console here';
  return 'it is read from /proc and /sys of Linux, which are not to be read here';
}

function reasonOfGuest(number: Number, { accelerator, disks, hasNetwork }: TellingGuest): string {
  if (number === 'exits') return reasonOfExits(accelerator);
  if (number === 'networkReceivedBytes' || number === 'networkSentBytes') return hasNetwork ? 'QEMU’s user-mode network does not count its bytes' : 'the guest has no network card';
  if (number === 'diskReadBytes' || number === 'diskWrittenBytes') return disks === 0 ? 'the guest has no disk' : 'QEMU does not answer';
  return 'this host does not tell it of QEMU’s process';
}

function reasonOfExits(accelerator: AcceleratorName): string {
  // A plugin or -icount would count instructions, and slow every guest down by more than a dashboard may.
  if (accelerator === 'tcg') return 'a guest that QEMU translates (tcg) has no exits, and its instructions are counted only while they are measured';
  if (accelerator === 'kvm') return 'this QEMU does not tell what KVM counts (query-stats, since QEMU 7.1)';
  return `QEMU does not count the exits of ${accelerator}`;
}
