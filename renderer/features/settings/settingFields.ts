import type { Settings } from '../../../electron/contract/settings.ts';

type NumberName = { [Name in keyof Settings]: Settings[Name] extends number ? Name : never }[keyof Settings];

/** A setting that is a number, shown in a unit that people use. */
export interface NumberField {
  readonly name: NumberName;
  readonly title: string;
  readonly note: string;
  readonly unit: string;
  /** How many of the setting's own units one shown unit is. */
  readonly scale: number;
  readonly min: number;
  readonly max: number;
}

export const limits: readonly NumberField[] = [
  { name: 'bootTimeLimitSeconds', title: 'Boot time limit', note: 'A boot that takes longer is closed with the phases seen.', unit: 's', scale: 1, min: 1, max: 86_400 },
  { name: 'bootOutputLimitBytes', title: 'Boot output limit', note: 'How much a guest may print during one measured boot.', unit: 'MB', scale: 1_000_000, min: 0.001, max: 2_000 },
  { name: 'consoleRetentionBytes', title: 'Console kept', note: 'The oldest bytes of a console go first; the gap is shown.', unit: 'MB', scale: 1_000_000, min: 1, max: 10_000 },
  { name: 'traceRetentionBytes', title: 'Traces kept', note: 'Of all measurements together; the oldest go first, and their samples say so.', unit: 'MB', scale: 1_000_000, min: 1, max: 10_000_000 },
  { name: 'hostMemoryReserveMiB', title: 'Memory kept for the host', note: 'A guest that would take it is not started.', unit: 'MiB', scale: 1, min: 0, max: 1_048_576 },
  { name: 'acceleratorTimeLimitSeconds', title: 'Accelerator time limit', note: 'An accelerator that has not booted Petri’s guest by then has lost.', unit: 's', scale: 1, min: 1, max: 600 },
];

export const plan: readonly NumberField[] = [
  { name: 'measurementRuns', title: 'Boots', note: 'How often a guest is booted and counted.', unit: 'boots', scale: 1, min: 1, max: 1_000 },
  { name: 'measurementWarmUps', title: 'Warm-ups', note: 'Boots before those that count.', unit: 'boots', scale: 1, min: 0, max: 100 },
];
