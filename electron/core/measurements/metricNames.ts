import type { MeasurementKind } from '../../contract/measurements.ts';
import type { MetricName, Reading } from '../../contract/metrics.ts';

/** What a metric is called, counted in, and means. */
export interface MetricWords {
  readonly title: string;
  readonly unit: Reading['unit'];
  /** For a reader who does not know it. */
  readonly explanation: string;
  /** Whether less of it is better: nothing is said of what only describes. */
  readonly better: 'less' | 'more' | null;
}

const count = (title: string, explanation: string, better: MetricWords['better'] = 'less'): MetricWords => ({ title, unit: 'count', explanation, better });

/** Names follow perf's events where there is one (`perf list`, Linux). */
export const metricWords: Readonly<Record<MetricName, MetricWords>> = {
  bootTime: { title: 'Boot time', unit: 'ns', explanation: 'From the first phase to the last.', better: 'less' },
  instructions: count('Instructions', 'Instructions that the guest carried out in the window, in kernel and programs.'),
  systemCalls: count('System calls', 'Entries into the kernel that a program asked for.'),
  ipcRoundTrips: count('IPC round trips', 'A message to another process and the answer to it.'),
  pageFaults: count('Page faults', 'Accesses that the page tables did not allow, so that the kernel had to act.'),
  minorPageFaults: count('Minor page faults', 'Page faults that needed nothing from a disk.'),
  majorPageFaults: count('Major page faults', 'Page faults that had to wait for a disk.'),
  addressSpaceSwitches: count('Address-space switches', 'Loads of the register that points to the page tables (CR3, TTBR0).'),
  contextSwitches: count('Context switches', 'The kernel went on with another thread than before.'),
  interrupts: count('Interrupts', 'Interrupts that devices and the timer raised and the processor took.'),
  virtualMachineExits: count('Exits', 'The processor left the guest so that the host could act.'),
  cacheReferences: count('Cache references', 'Accesses that reached the last cache.', null),
  cacheMisses: count('Cache misses', 'Accesses that no cache could serve.'),
  l1DataReferences: count('L1 data references', 'Loads and stores.', null),
  l1DataMisses: count('L1 data misses', 'Loads and stores that the first data cache did not hold.'),
  l1InstructionReferences: count('L1 instruction references', 'Cache lines of code that were fetched.', null),
  l1InstructionMisses: count('L1 instruction misses', 'Fetches that the first instruction cache did not hold.'),
  lastLevelReferences: count('Last-level references', 'Accesses that the first caches did not hold.', null),
  lastLevelMisses: count('Last-level misses', 'Accesses that had to go to memory.'),
  tlbLoadMisses: count('TLB load misses', 'Loads whose page was not in the data TLB.'),
  tlbStoreMisses: count('TLB store misses', 'Stores whose page was not in the data TLB.'),
  dataTlbMisses: count('Data TLB misses', 'Loads and stores whose page was not in the data TLB.'),
  instructionTlbMisses: count('Instruction TLB misses', 'Fetches whose page was not in the instruction TLB.'),
  workingSet: { title: 'Working set', unit: 'pages', explanation: 'Distinct pages of 4 KiB that were touched in each million instructions: the median of these steps.', better: 'less' },
  blockOperations: count('Disk operations', 'Reads and writes of the guest’s disks.'),
  blockBytesRead: { title: 'Read from disks', unit: 'bytes', explanation: 'What the guest read from its disks.', better: 'less' },
  blockBytesWritten: { title: 'Written to disks', unit: 'bytes', explanation: 'What the guest wrote to its disks.', better: 'less' },
  networkBytesReceived: { title: 'Received', unit: 'bytes', explanation: 'What the guest received from its network.', better: null },
  networkBytesSent: { title: 'Sent', unit: 'bytes', explanation: 'What the guest sent to its network.', better: null },
  workTime: { title: 'Time of the load', unit: 'ns', explanation: 'From the line that began the load to the prompt after it.', better: 'less' },
  workRate: { title: 'Rate of the load', unit: 'perSecond', explanation: 'What the load did in a second.', better: 'more' },
};

const model: readonly MetricName[] = [
  'cacheReferences', 'cacheMisses', 'l1DataReferences', 'l1DataMisses', 'l1InstructionReferences', 'l1InstructionMisses', 'lastLevelReferences', 'lastLevelMisses',
  'tlbLoadMisses', 'tlbStoreMisses', 'dataTlbMisses', 'instructionTlbMisses', 'workingSet',
];

/** Metrics that a model of caches and TLBs gives. */
export const modelledMetrics: ReadonlySet<MetricName> = new Set(model);

/** What a measurement of a kind looks at when nothing else is said. */
export const metricsOfKind: Readonly<Record<MeasurementKind, readonly MetricName[]>> = {
  boot: ['instructions', 'systemCalls', 'pageFaults', 'addressSpaceSwitches', 'interrupts', 'blockOperations', 'blockBytesRead', 'blockBytesWritten'],
  syscalls: ['systemCalls', 'instructions', 'contextSwitches', 'addressSpaceSwitches', 'interrupts', 'workTime'],
  memory: ['pageFaults', 'minorPageFaults', 'majorPageFaults', ...model, 'instructions', 'addressSpaceSwitches', 'workTime'],
  ipc: ['ipcRoundTrips', 'systemCalls', 'contextSwitches', 'addressSpaceSwitches', 'instructions', 'workTime'],
};
