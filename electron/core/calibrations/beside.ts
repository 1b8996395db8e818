import type { CalibrationRow } from '../../contract/calibrations.ts';
import { draw, eventPlan, remarkOf, type BootToCalibrate, type Experiment, type ExperimentTools } from './experiment.ts';
import { judgeHaste } from './haste.ts';
import { judge, unavailableRow } from './judge.ts';

const DISK_BYTES = 16 * 1024 * 1024;
const SECTOR_BYTES = 512;
const NO_DISK = 'the board virt has no IDE disk, and the guest drives no other';

/** Sectors that the guest writes and reads, and QEMU's own count of them. */
export function diskExperiment({ architecture, random }: ExperimentTools): Experiment {
  const writes = Array.from({ length: 3 }, () => ({ first: draw(random, 0, 10_000), count: draw(random, 1, 400) }));
  const reads = Array.from({ length: 3 }, () => ({ first: draw(random, 0, 10_000), count: draw(random, 1, 400) }));
  const row = { instrument: 'qmp', architecture, unit: 'bytes', tolerance: 0 } as const;
  if (architecture === 'arm') {
    return { instrument: 'qmp', architecture, title: 'sectors of a disk', boots: [], rows: () => (['blockBytesWritten', 'blockBytesRead'] as const).map((metric) => unavailableRow({ ...row, metric, what: 'sectors of a disk' }, NO_DISK)) };
  }
  return {
    instrument: 'qmp',
    architecture,
    title: 'sectors of a disk',
    boots: [{
      kernelArguments: '', asked: 0, symbols: [], diskBytes: DISK_BYTES,
      typed: [...writes.map(({ first, count }) => `disk write ${first} ${draw(random, 0, 255)} ${count}`), ...reads.map(({ first, count }) => `disk sum ${first} ${count}`)],
      plan: eventPlan('serialSocket', ['blockBytesRead', 'blockBytesWritten', 'blockOperations']),
    }],
    rows: ([boot]): CalibrationRow[] => {
      const disks = boot?.beside?.disks ?? null;
      const { read, written } = boot?.sectors ?? { read: 0, written: 0 };
      return [
        judge({ ...row, metric: 'blockBytesWritten', what: `${writes.length} writes to a disk`, truth: written * SECTOR_BYTES, measured: disks === null || written === 0 ? null : disks.after.bytesWritten - disks.before.bytesWritten, ...remarkOf(boot) }),
        judge({ ...row, metric: 'blockBytesRead', what: `${reads.length} reads from a disk`, truth: read * SECTOR_BYTES, measured: disks === null || read === 0 ? null : disks.after.bytesRead - disks.before.bytesRead, ...remarkOf(boot) }),
      ];
    },
  };
}

/** The typed line's way to the guest, and the prompt's back. On a busy host both wait for their turn. */
const TOLERANCE_NS = 10e6;
const ROUNDS = 4;
/** Typing, echo and the printed counts take as long, whatever the load is. */
const SHORT_MS = 1;

/**
 * Milliseconds that the guest waits on its hardware timer, and the time of the load as this process's clock shows it: the shortest of several,
 * less the shortest with hardly any wait, for lateness only adds.
 */
export function loadTimeExperiment({ architecture, random, boots }: ExperimentTools): Experiment {
  const waitMs = draw(random, 60, 300);
  const boot = (milliseconds: number): BootToCalibrate => ({ kernelArguments: '', asked: 0, symbols: [], typed: [`wait ${milliseconds}`], plan: eventPlan('serialSocket', ['workTime']) });
  return {
    instrument: 'console',
    architecture,
    title: 'the time of a load of known length',
    rounds: ROUNDS,
    boots: Array.from({ length: 2 * boots }, (_, at) => boot(at % 2 === 0 ? SHORT_MS : SHORT_MS + waitMs)),
    rows: (done): CalibrationRow[] => {
      const [short, long] = [0, 1].map((half) => done.flatMap(({ beside }, at) => (at % 2 === half ? (beside?.loadNs ?? []) : []))) as [number[], number[]];
      const row = judge({
        instrument: 'console', architecture, metric: 'workTime', what: 'a wait on the guest’s timer', unit: 'ns', tolerance: TOLERANCE_NS, truth: waitMs * 1e6,
        measured: short.length === 0 || long.length === 0 ? null : Math.min(...long) - Math.min(...short), ...remarkOf(done.find(({ failure }) => failure !== null)),
      });
      return [row.measured === null ? row : judgeHaste(row, [short, long])];
    },
  };
}
