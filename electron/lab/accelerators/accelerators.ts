import { z } from 'zod';
import { acceleratorChoice, type AcceleratorChoice, type AcceleratorName, type AcceleratorReport, type QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { Settings } from '../../contract/settings.ts';
import { probeOrder, untriedChoice } from '../../core/accelerators/acceleratorReports.ts';
import { resolveCpuModel } from '../../core/accelerators/cpuModel.ts';
import { provenArchitectures, provingGuests, type ProvenArchitecture } from '../../core/accelerators/provingGuest.ts';
import { findQemu } from '../../host/qemu/findQemu.ts';
import { provingKey } from '../../host/qemu/provingKey.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import { proveArchitecture } from './proveArchitecture.ts';

export interface AcceleratorsDependencies {
  readonly database: Database;
  readonly settings: { get(): Settings };
  readonly tasks: TasksService;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
  /** Directories in which QEMU is looked for, instead of PATH. */
  readonly qemuSearchPath?: string;
}

export interface ChosenAccelerator {
  readonly accelerator: AcceleratorName;
  /** What `auto` means on the board of the built-in guest. */
  readonly cpuModel: string;
  readonly qemu: QemuBuild;
}

export interface AcceleratorsService {
  /** Every architecture, from the cache where QEMU, kernel and CPU are the same; the others are tested now. */
  list(): Promise<AcceleratorChoice[]>;
  /** Tests again. */
  test(architecture?: Architecture): Promise<AcceleratorChoice[]>;
  /** Throws ACCELERATOR_UNUSABLE when it does not work here, and the QEMU_ errors. */
  choose(architecture: Architecture, wanted: 'auto' | AcceleratorName): Promise<ChosenAccelerator>;
  watch(signal?: AbortSignal): AsyncGenerator<AcceleratorChoice[]>;
  /** Resolves when no test runs: a measured boot must not share the processors with one. */
  idle(): Promise<void>;
  /** Resolves when every test that was asked for until now has ended: a measurement waits for it. */
  settled(): Promise<void>;
  dispose(): void;
}

/** `key` names all that a verdict depends on. */
const cached = z.object({ key: z.string(), choice: acceleratorChoice });

function isProven(architecture: Architecture): architecture is ProvenArchitecture {
  return architecture in provingGuests;
}

export function createAccelerators({ database, settings, tasks, imagesDirectory, runDirectory, qemuSearchPath }: AcceleratorsDependencies): AcceleratorsService {
  const store = openCollection(database, 'accelerators', cached);
  const feed = createFeed<AcceleratorChoice[]>({ newestOnly: true });
  const known = new Map<Architecture, AcceleratorChoice>();
  const running = new Map<Architecture, Promise<AcceleratorChoice>>();
  /** One test at a time: two would disturb each other's times. */
  let previous: Promise<unknown> = Promise.resolve();

  const snapshot = (): AcceleratorChoice[] => provenArchitectures.map((name) => known.get(name)).filter((choice) => choice !== undefined);
  const remember = (choice: AcceleratorChoice): AcceleratorChoice => {
    known.set(choice.architecture, choice);
    feed.publish(snapshot());
    return choice;
  };
  const qemuFor = (architecture: Architecture): Promise<QemuBuild> => findQemu(architecture, settings.get().qemuPrograms, qemuSearchPath);

  const prove = async (architecture: ProvenArchitecture, task: RunningTask): Promise<AcceleratorChoice> => {
    try {
      const qemu = await qemuFor(architecture);
      const key = await provingKey(qemu);
      const limitMs = settings.get().acceleratorTimeLimitSeconds * 1_000;
      const choice = await proveArchitecture({ architecture, qemu, limitMs, imagesDirectory, runDirectory, task });
      store.put(architecture, { key, choice });
      return remember(choice);
    } catch (error) {
      task.signal.throwIfAborted();
      if (!(error instanceof DeclaredError)) throw error;
      return remember(untriedChoice(architecture, error.failure, new Date().toISOString()));
    }
  };
  const test = (architecture: ProvenArchitecture): Promise<AcceleratorChoice> => {
    const already = running.get(architecture);
    if (already !== undefined) return already;
    const plan = { title: `Try accelerators for ${architecture} guests`, route: null, unit: 'steps', planned: probeOrder.length } as const;
    const before = previous;
    const { result } = tasks.run(plan, async (task) => {
      await before;
      task.signal.throwIfAborted();
      return prove(architecture, task);
    });
    running.set(architecture, result);
    // Whoever asked learns of a failure; the next test only waits for the end.
    previous = result.catch(() => undefined).finally(() => running.delete(architecture));
    return result;
  };
  /** The cached choice if it still speaks of this machine, else a test. */
  const current = async (architecture: ProvenArchitecture): Promise<AcceleratorChoice> => {
    const qemu = await qemuFor(architecture).catch((error: unknown) => {
      if (error instanceof DeclaredError) return error.failure;
      throw error;
    });
    if ('code' in qemu) return remember(untriedChoice(architecture, qemu, new Date().toISOString()));
    const stored = store.get(architecture);
    if (stored?.key !== (await provingKey(qemu))) return test(architecture);
    return known.has(architecture) ? stored.choice : remember(stored.choice);
  };
  const list = (): Promise<AcceleratorChoice[]> => Promise.all(provenArchitectures.map(current));

  return {
    list,
    test: async (architecture) => {
      if (architecture !== undefined && !isProven(architecture)) return [];
      return Promise.all((architecture === undefined ? provenArchitectures : [architecture]).map(test));
    },
    async choose(architecture, wanted) {
      const qemu = await qemuFor(architecture);
      // TCG needs nothing of the host; and without a built-in guest there is no proof of anything else.
      if (wanted === 'tcg' || !isProven(architecture)) return choose(architecture, 'tcg', qemu, wanted);
      const { chosen, reports } = await current(architecture);
      const name = wanted === 'auto' ? chosen : wanted;
      const report = reports.find(({ accelerator }) => accelerator === name);
      if (report?.verdict === 'good' || report?.verdict === 'slow') return choose(architecture, report.accelerator, qemu, wanted);
      throw unusable(wanted, report === undefined ? reports : [report]);
    },
    watch: (signal) => watch(feed, snapshot, signal),
    settled: () => previous.then(() => undefined),
    idle: async () => {
      await previous;
    },
    dispose: () => feed.close(),
  };
}

function choose(architecture: Architecture, accelerator: AcceleratorName, qemu: QemuBuild, wanted: 'auto' | AcceleratorName): ChosenAccelerator {
  if (wanted !== 'auto' && wanted !== accelerator) throw unusable(wanted, []);
  const board = architecture === 'arm' || architecture === 'aarch64' ? 'virt' : 'pc';
  return { accelerator, cpuModel: resolveCpuModel({ cpuModel: 'auto', board }, architecture, accelerator), qemu };
}

function unusable(accelerator: string, reports: readonly AcceleratorReport[]): DeclaredError<'ACCELERATOR_UNUSABLE'> {
  const [first] = reports;
  return new DeclaredError('ACCELERATOR_UNUSABLE', {
    accelerator,
    verdict: first?.verdict ?? 'not proven',
    evidence: reports.flatMap((report) => report.evidence.map((line) => (reports.length === 1 ? line : `${report.accelerator}: ${line}`))),
    fix: first?.fix ?? 'Choose "auto": Petri takes the fastest accelerator that works.',
  });
}
