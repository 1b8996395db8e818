import { describe } from 'vitest';
import { canRun, describeMachine, type GuestMachine } from '../../support/qemuGuest.ts';

/** The machines that the guest must run on: both emulators of the PC, both of its boards, old and full CPU models. */
export const MACHINES: readonly GuestMachine[] = [
  { architecture: 'i386' },
  { architecture: 'i386', cpu: 'pentium' },
  { architecture: 'x86_64', board: 'q35', cpu: 'max' },
  { architecture: 'arm' },
  { architecture: 'arm', cpu: 'max' },
];

/** One of each architecture, for what does not depend on the CPU model. */
export const ARCHITECTURES: readonly GuestMachine[] = [{ architecture: 'i386' }, { architecture: 'arm' }];

/** A group of tests for each machine that can be run here; the others are skipped, and the reason is printed. */
export function describeMachines(machines: readonly GuestMachine[], tests: (machine: GuestMachine) => void): void {
  for (const machine of machines) describe.skipIf(!canRun(machine))(`on ${describeMachine(machine)}`, () => tests(machine));
}

/** The phases in order, as the architecture names them. */
export function phaseNames(machine: GuestMachine): readonly string[] {
  return [
    machine.architecture === 'arm' ? 'device_tree_detected' : 'multiboot_detected',
    ...['kernel_starts', 'pre_init_phase', 'kmain_phase', 'cstart_phase', 'process_init', 'memory_init'],
    ...['system_init', 'scheduler_ready', 'shell_prompt'],
  ];
}

/** The phases whose lines a text holds, in the order of the text, each with its number checked against its place. */
export function phasesSeen(text: string): string[] {
  return [...text.matchAll(/^\[([ \d]\d)\/10\] (\w+) /gm)].map((line, at) => {
    if (Number(line[1]) !== at + 1) throw new Error(`line ${at + 1} has number ${line[1] ?? ''}`);
    return line[2] ?? '';
  });
}
