import type { MetricName } from '../../contract/metrics.ts';
import { draw, entryWords, eventPlan, remarkOf, type CalibratedArchitecture, type CalibratedBoot, type Experiment, type ExperimentTools } from './experiment.ts';
import type { GuestCounts } from './guestCounts.ts';
import { judge, unavailableRow } from './judge.ts';
import { LOAD_SYMBOLS, type SeenLoad } from './seenLoads.ts';

const PC = ['int20', 'int21', 'int22', 'int23', 'sysenter', 'syscall'];

/** The ways into the kernel of each guest. */
export const ENTRIES: Readonly<Record<CalibratedArchitecture, readonly string[]>> = { i386: PC, x86_64: PC, arm: ['svc'] };

/**
 * Each load is of more than a thousand events, and the guest has made fewer before it: the mutants of the guest, which drop the thousandth of
 * one kind, drop it within.
 */
const FEWEST = 1_500;
const MOST = 3_000;

/** It is the last of the entries, so that no other load takes its place. */
const NO_SYSCALL = 'no CPU of this QEMU has the instruction in 32-bit mode; that of x86_64 has it';

/** One kind of load: what it is called, and where the guest's count and the instrument's are found. */
interface KindOfLoad {
  readonly command: string;
  readonly entry?: string;
  readonly metric: MetricName;
  readonly what: string;
  readonly truth: (counts: GuestCounts) => number;
  readonly measured: (load: SeenLoad) => number;
  readonly strays: (load: SeenLoad) => number;
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

function callsBy(entry: string): KindOfLoad {
  const measured = ({ entries }: SeenLoad): number => entries.get(entryWords(entry)) ?? 0;
  return {
    command: `calls N ${entry}`, entry, metric: 'systemCalls', what: entryWords(entry), measured,
    truth: ({ calls }) => calls, strays: (load) => sum(load.entries.values()) - measured(load),
  };
}

const otherLoads: readonly KindOfLoad[] = [
  { command: 'switches N', metric: 'addressSpaceSwitches', what: 'switches between two processes', truth: ({ switches }) => switches, measured: ({ spaceLoads }) => spaceLoads, strays: () => 0 },
  { command: 'faults N', metric: 'pageFaults', what: 'demand-zero faults', truth: ({ faults }) => faults, measured: ({ faults }) => faults, strays: () => 0 },
  { command: 'ipc N', metric: 'ipcRoundTrips', what: 'SENDREC, SEND and RECEIVE', truth: ({ ipc }) => ipc, measured: ({ roundTrips }) => roundTrips, strays: () => 0 },
];

/** One boot in which loads are typed, and a row for each. */
function loadExperiment(title: string, kinds: readonly KindOfLoad[], { architecture, random }: ExperimentTools): Experiment {
  const amounts = kinds.map(() => draw(random, FEWEST, MOST));
  const plan = eventPlan('plugin', ['systemCalls', 'ipcRoundTrips', 'pageFaults', 'addressSpaceSwitches']);
  return {
    instrument: 'plugin',
    architecture,
    title,
    boots: [{
      kernelArguments: '', asked: 0, plan,
      typed: kinds.map(({ command }, at) => command.replace('N', String(amounts[at] ?? 0))),
      symbols: LOAD_SYMBOLS.map((name) => ({ name, every: true })),
    }],
    rows: ([boot]) => kinds.map((kind, at) => rowOf(kind, at, amounts[at] ?? 0, architecture, boot)),
  };
}

function rowOf(kind: KindOfLoad, at: number, amount: number, architecture: CalibratedArchitecture, boot: CalibratedBoot | undefined) {
  const counts = boot?.counts[at];
  const load = boot?.seen?.loads[at];
  const row = { instrument: 'plugin', architecture, metric: kind.metric, what: kind.what, unit: 'count' } as const;
  if (boot !== undefined && boot.failure === null && boot.counts.length === at && kind.entry === 'syscall') return unavailableRow(row, NO_SYSCALL);
  return judge({
    ...row, tolerance: 0,
    truth: counts === undefined ? amount : kind.truth(counts),
    measured: counts === undefined || load === undefined ? null : kind.measured(load),
    ...(load !== undefined && { strays: kind.strays(load) }),
    ...remarkOf(boot),
  });
}

/** System calls by each entry, address-space switches, page faults and round trips, as the plugin sees them. */
export function loadExperiments(tools: ExperimentTools): Experiment[] {
  return [
    loadExperiment('system calls by each entry', ENTRIES[tools.architecture].map(callsBy), tools),
    // The switches come first, so that the thousandth of them is in this load and not in the work around it.
    loadExperiment('switches, faults and round trips', otherLoads, tools),
  ];
}
