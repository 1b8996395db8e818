import type { EventPlan } from '../../contract/measurements.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { whyCutShort } from '../../core/instruments/cutShort.ts';
import type { ArmedEvents } from '../../core/instruments/eventInstrument.ts';
import type { DiskCounts } from '../../core/instruments/seenBeside.ts';
import { readDiskCounts } from '../../core/measurements/otherReadings.ts';
import { networkMetrics } from '../../core/measurements/networkReadings.ts';
import { createNetworkCount } from '../../host/instruments/networkCount.ts';
import type { TraceFiles } from '../../host/instruments/traceFiles.ts';
import type { ConsoleHandle } from '../consoles/consoles.ts';
import { endOf, passWindow, type PassedWindow } from './eventWindow.ts';

/** The events that are wanted of a boot beside its serial stamps. */
export interface WantedEvents {
  readonly plan: EventPlan;
  /** The end of an unfinished line at which the guest waits for a command; null where none is known. */
  readonly prompt: RegExp | null;
  /** What a person would answer before the prompt comes. */
  readonly login?: { readonly prompt: RegExp; readonly answer: string } | null;
  /** Typed one after the other when the prompt is back, instead of the plan's one load. */
  readonly loads?: readonly string[];
  /** The trace may become as large as `roomBytes`. */
  readonly arm: (files: { readonly directory: string; readonly tracePath: string; readonly roomBytes: number }) => Promise<ArmedEvents>;
  /** Reads what was seen, after QEMU has ended and before the trace is removed. */
  readonly collect: (seen: SeenEvents) => Promise<void>;
}

export interface SeenEvents {
  readonly armed: ArmedEvents;
  /** Null when the boot never came to its window. */
  readonly window: PassedWindow | null;
  readonly traceBytes: () => number;
  /** What went wrong with the instrument; the boot itself is not spoilt by it. */
  readonly error: unknown;
}

/** A boot that was looked at to its end, or given up. */
export interface WatchedEnd {
  readonly over: boolean;
  readonly machine: Machine;
  readonly handle: ConsoleHandle;
  /** What the guest has printed until now. */
  readonly seen: () => string;
  readonly elapsedNs: () => number;
  /** As long as the boot could take, a load without a duration may take once more. */
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

/** The event instrument's part in one boot, from before the spawn until its trace was read. */
export interface EventWatch extends AsyncDisposable {
  /** More arguments for QEMU. */
  readonly arguments: readonly string[];
  /** While the machine waits before its first instruction. */
  connect(machine: Machine): Promise<void>;
  /** When the boot is over or given up, and the machine may still run. */
  finish(end: WatchedEnd): Promise<void>;
  /** After QEMU has ended. */
  collect(): Promise<void>;
}

const nothing: EventWatch = {
  arguments: [],
  connect: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  collect: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export interface WatchPlace {
  readonly directory: string;
  readonly traces: TraceFiles;
  /** Whether the machine has a network to be counted. */
  readonly hasNetwork: boolean;
}

/** Whether what the guest sends and receives is to be counted, so that it needs a network. */
export function wantsNetwork(wanted: WantedEvents | undefined): boolean {
  return wanted?.plan.metrics.some((metric) => networkMetrics.has(metric)) === true;
}

/** Arms the event instrument, if one is wanted. Throws what arming throws. */
export async function watchEvents(wanted: WantedEvents | undefined, boot: string, { directory, traces, hasNetwork }: WatchPlace): Promise<EventWatch> {
  if (wanted === undefined) return nothing;
  const { plan, prompt, loads, login = null } = wanted;
  const name = `${boot}-events`;
  const tracePath = await traces.reserve(name);
  const armed = await wanted.arm({ directory, tracePath, roomBytes: await traces.room() });
  const network = hasNetwork && wantsNetwork(wanted) ? createNetworkCount(directory) : null;
  const reboot = Promise.withResolvers<undefined>();
  let rebooted = false;
  let window: PassedWindow | null = null;
  let disksAtSpawn: DiskCounts | null = null;
  let error: unknown = null;
  const guard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (failure) {
      error ??= failure;
    }
  };
  return {
    arguments: [...armed.arguments, ...(network?.arguments ?? [])],
    connect: (machine) =>
      guard(async () => {
        machine.qmp.onEvent(({ name: event, data }) => {
          if (event !== 'RESET' || data['reason'] !== 'guest-reset') return;
          rebooted = true;
          reboot.resolve(undefined);
        });
        await armed.connect(machine);
        if (plan.window.from !== 'spawn') return;
        disksAtSpawn = await countDisks(plan, machine);
        await network?.begin(machine);
        await armed.begin();
      }),
    async finish(end) {
      await guard(async () => {
        const disksNow = (): Promise<DiskCounts | null> => countDisks(plan, end.machine);
        if (plan.window.from === 'spawn') {
          const [after, packets] = [await disksNow(), (await network?.end(end.machine)) ?? null];
          const machineEnd = await endOf(end.machine);
          window = { machineEnd, totals: await armed.end(), fromNs: 0, toNs: end.elapsedNs(), loadNs: null, network: packets, disks: disksAtSpawn === null || after === null ? null : { before: disksAtSpawn, after } };
        } else if (end.over) window = await passWindow({ armed, network, plan, prompt, login, countDisks: disksNow, rebooted: reboot.promise, ...(loads && { loads }) }, end);
      });
      end.signal.throwIfAborted();
      const machineEnd = window === null ? await endOf(end.machine) : window.machineEnd;
      error = whyCutShort({ plan, over: end.over, end: machineEnd, rebooted, totals: window?.totals ?? null, seen: end.seen }) ?? error;
    },
    collect: () => wanted.collect({ armed, window, traceBytes: () => traces.size(armed.evidence().path), error }),
    async [Symbol.asyncDispose]() {
      await armed.dispose();
      await network?.dispose();
      await traces.remove(name);
    },
  };
}

const diskMetrics: ReadonlySet<MetricName> = new Set<MetricName>(['blockOperations', 'blockBytesRead', 'blockBytesWritten']);

/** What the disks were asked for by now, where it is wanted; null when QEMU is gone. */
async function countDisks({ metrics }: EventPlan, { qmp }: Machine): Promise<DiskCounts | null> {
  if (!metrics.some((metric) => diskMetrics.has(metric))) return null;
  return qmp.execute('query-blockstats').then(readDiskCounts, () => null);
}
