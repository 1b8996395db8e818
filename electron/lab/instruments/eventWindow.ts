import type { EventPlan } from '../../contract/measurements.ts';
import type { Machine, MachineEnd } from '../../core/guests/machine.ts';
import { bytesToText } from '../../core/measurements/serialText.ts';
import type { ArmedEvents } from '../../core/instruments/eventInstrument.ts';
import type { DiskCounts, SeenBeside } from '../../core/measurements/otherReadings.ts';
import type { TraceTotals } from '../../core/traces/traceEvent.ts';
import type { ConsoleHandle } from '../consoles/consoles.ts';
import type { WatchedEnd } from './eventWatch.ts';

/** What is wanted of the window of one boot. */
export interface WantedWindow {
  readonly armed: ArmedEvents;
  readonly plan: EventPlan;
  /** The end of an unfinished line at which the guest waits for a command; null where none is known. */
  readonly prompt: RegExp | null;
  /** What a person would answer before the prompt comes; null where nothing is asked. */
  readonly login?: { readonly prompt: RegExp; readonly answer: string } | null;
  /** Typed one after the other when the prompt is back, instead of the plan's one load. */
  readonly loads?: readonly string[];
  readonly countDisks: () => Promise<DiskCounts | null>;
  /** Resolves when the guest reboots: what comes then belongs to another boot. */
  readonly rebooted: Promise<unknown>;
}

/** The window as it was, in nanoseconds since the spawn of QEMU. */
export interface PassedWindow extends Pick<SeenBeside, 'disks' | 'loadNs'> {
  readonly totals: TraceTotals;
  readonly fromNs: number;
  readonly toNs: number;
  /** How QEMU had ended before the window was closed; null when it still ran. */
  readonly machineEnd: MachineEnd | null;
}

/** A prompt that does not come within this time after the last phase is not waited for. */
const PROMPT_LIMIT_MS = 10_000;
/** Matches nothing: without a prompt nobody knows when a load is done. */
const NEVER = /(?!)/;

/**
 * Carries out the window after the last phase: waits for the prompt, begins, types each load, and ends when the prompt is back, the
 * duration is over, the guest reboots or QEMU is gone. Without a duration a load has as long as a boot. Rejects with the signal's reason.
 */
export async function passWindow({ armed, plan, prompt, login = null, countDisks, rebooted, loads = plan.load === null ? [] : [plan.load] }: WantedWindow, { machine, handle, seen, elapsedNs, timeLimitMs, signal }: Omit<WatchedEnd, 'over'>): Promise<PassedWindow> {
  const text = createTail(handle, seen());
  const gone = Promise.all([machine.ended, handle.closed]);
  const ended = new AbortController();
  const timers = AbortSignal.any([signal, ended.signal]);
  try {
    const waitFor = (wanted: RegExp): Promise<void> => firstOf([text.until(wanted), gone, elapse(PROMPT_LIMIT_MS, timers)], signal);
    // Nobody logs in where nothing is typed: the guest is looked at as it is.
    if (login !== null && loads.length > 0) {
      await waitFor(prompt === null ? login.prompt : new RegExp(`${login.prompt.source}|${prompt.source}`));
      if (text.ends(login.prompt)) {
        text.forget();
        await handle.write(Buffer.from(`${login.answer}\r`));
      }
    }
    if (prompt !== null && (login === null || loads.length > 0)) await waitFor(prompt);
    const before = await countDisks();
    await armed.begin();
    const fromNs = elapsedNs();
    const { durationSeconds } = plan.window;
    const over: Promise<unknown>[] = [gone, rebooted, elapse(durationSeconds === null ? timeLimitMs : durationSeconds * 1_000, timers)];
    let [loadNs, isOver] = [null as number | null, false];
    const typeAll = async (): Promise<void> => {
      const typedNs = elapsedNs();
      for (const load of loads) {
        text.forget();
        await handle.write(Buffer.from(`${load}\r`));
        await text.until(prompt ?? NEVER);
        // What comes back after the window does not belong to it, and nothing more is typed.
        if (isOver) return;
      }
      loadNs = elapsedNs() - typedNs;
    };
    if (loads.length > 0) over.push(typeAll());
    await firstOf(over, signal);
    isOver = true;
    const toNs = elapsedNs();
    const machineEnd = await endOf(machine);
    const totals = await armed.end();
    const after = await countDisks();
    return { totals, fromNs, toNs, loadNs, machineEnd, disks: before === null || after === null ? null : { before, after } };
  } finally {
    ended.abort();
    text.stop();
  }
}

/** How a machine has ended, null when it runs. */
export function endOf({ ended }: Pick<Machine, 'ended'>): Promise<MachineEnd | null> {
  return Promise.race([ended, Promise.resolve(null)]);
}

/** What the guest has printed last, as far as a prompt can reach. */
function createTail(handle: ConsoleHandle, seen: string) {
  const LONGEST = 4_096;
  let tail = seen.slice(-LONGEST);
  let listening: (() => void) | null = null;
  const stop = handle.bytes((bytes) => {
    tail = (tail + bytesToText(bytes)).slice(-LONGEST);
    listening?.();
  });
  const ends = (prompt: RegExp): boolean => prompt.test(tail.slice(tail.lastIndexOf('\n') + 1));
  return {
    stop,
    forget(): void {
      tail = '';
    },
    ends,
    until(prompt: RegExp): Promise<void> {
      return new Promise((resolve) => {
        listening = () => {
          if (!ends(prompt)) return;
          listening = null;
          resolve();
        };
        listening();
      });
    },
  };
}

function elapse(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}

async function firstOf(waits: readonly Promise<unknown>[], signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([...waits, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    aborted.promise.catch(() => undefined);
  }
}
