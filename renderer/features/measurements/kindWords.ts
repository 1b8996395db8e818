import type { MeasurementKind } from '../../../electron/contract/measurements.ts';

/** What each kind of measurement is called, and what it is about. */
export const kindWords: Readonly<Record<MeasurementKind, { readonly title: string; readonly about: string }>> = {
  boot: { title: 'Boot', about: 'when each phase is reached' },
  syscalls: { title: 'System calls', about: 'which, how often, how long' },
  memory: { title: 'Memory', about: 'faults, caches, working set' },
  ipc: { title: 'Messages', about: 'round trips between processes' },
};
