import type { HistoryPoint } from '../../../electron/contract/history.ts';
import { formatCount } from '../../components/amounts.ts';
import { formatBytes } from '../../components/quantities.ts';

export type HistoryNumber = Exclude<keyof HistoryPoint, 'atMs'>;

/** One number of the dashboard: its words and how it is written. */
export interface HistoryWords {
  readonly name: HistoryNumber;
  readonly title: string;
  readonly note: string;
  readonly format: (value: number) => string;
  /** The axis of a graph reaches at least so far. */
  readonly least: number;
  /** Bytes: the axis is round in KiB, MiB and GiB. */
  readonly bytes?: boolean;
}

const perSecond = (value: number): string => `${formatBytes(Math.round(value))}/s`;
const times = (value: number): string => `${formatCount(Math.round(value))}\u00a0/s`;
export const percent = (value: number): string => `${value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1)}\u00a0%`;

export const historyWords: readonly HistoryWords[] = [
  { name: 'cpuPercent', title: 'Processor', note: '100 % is one core', format: percent, least: 100 },
  { name: 'memoryBytes', title: 'Memory', note: 'of the host, or of QEMU’s process', format: formatBytes, least: 64 * 1_048_576, bytes: true },
  { name: 'hostFaults', title: 'Faults', note: 'page faults of QEMU’s process on the host, not the guest’s own', format: times, least: 10 },
  { name: 'exits', title: 'Exits', note: 'of the virtual machine, as KVM counts them; what QEMU translates has none', format: times, least: 10 },
  { name: 'diskReadBytes', title: 'Disk read', note: 'bytes a second', format: perSecond, least: 4_096, bytes: true },
  { name: 'diskWrittenBytes', title: 'Disk written', note: 'bytes a second', format: perSecond, least: 4_096, bytes: true },
  { name: 'networkReceivedBytes', title: 'Received', note: 'bytes a second', format: perSecond, least: 4_096, bytes: true },
  { name: 'networkSentBytes', title: 'Sent', note: 'bytes a second', format: perSecond, least: 4_096, bytes: true },
  { name: 'consoleBytes', title: 'Console', note: 'printed a second', format: perSecond, least: 1_024, bytes: true },
];
