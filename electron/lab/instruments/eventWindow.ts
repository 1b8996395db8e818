import type { EventPlan } from '../../contract/measurements.ts';
import type { Machine, MachineEnd } from '../../core/guests/machine.ts';
import type { ArmedEvents } from '../../core/instruments/eventInstrument.ts';
import type { DiskCounts, NetworkCounts, SeenBeside } from '../../core/instruments/seenBeside.ts';
import { bytesToText } from '../../core/measurements/serialText.ts';
import type { TraceTotals } from '../../core/traces/traceEvent.ts';
import type { NetworkCount } from '../../host/instruments/networkCount.ts';
import type { ConsoleHandle } from '../consoles/consoles.ts';
import type { WatchedEnd } from './eventWatch.ts';

/** What is wanted of the window of one boot. */
export interface WantedWindow {
  readonly armed: ArmedEvents;
  /** What counts the guest's packets; null when nobody does. */
  readonly network: NetworkCount | null;
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
  /** Null when it was not counted. */
  readonly network: NetworkCounts | null;
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
export async function passWindow(wanted: WantedWindow, end: Omit<WatchedEnd, 'over'>): Promise<PassedWindow> {
  const ended = new AbortController();
  const talk: Talk = {
    handle: end.handle,
    text: createTail(end.handle, end.seen()),
    gone: Promise.all([end.machine.ended, end.handle.closed]),
    signal: end.signal,
    timers: AbortSignal.any([end.signal, ended.signal]),
  };
  const loads = wanted.loads ?? (wanted.plan.load === null ? [] : [wanted.plan.load]);
  try {
    await comeToPrompt(talk, wanted, loads.length > 0);
    return await watchWindow(talk, wanted, end, loads);
  } finally {
    ended.abort();
    talk.text.stop();
  }
}

/** What the guest says and is told while the window passes. */
interface Talk {
  readonly handle: ConsoleHandle;
  readonly text: ReturnType<typeof createTail>;
  /** Resolves when QEMU has ended and its last bytes have come. */
  readonly gone: Promise<unknown>;
  readonly signal: AbortSignal;
  /** Aborted when the window is over, too. */
  readonly timers: AbortSignal;
}

/** Nobody logs in where nothing is typed: the guest is looked at as it is. */
async function comeToPrompt(talk: Talk, { prompt, login = null }: WantedWindow, isTypedTo: boolean): Promise<void> {
  const waitFor = (what: RegExp): Promise<void> => firstOf([talk.text.until(what), talk.gone, elapse(PROMPT_LIMIT_MS, talk.timers)], talk.signal);
  if (login !== null && isTypedTo) {
    await waitFor(prompt === null ? login.prompt : new RegExp(`${login.prompt.source}|${prompt.source}`));
    if (talk.text.ends(login.prompt)) await type(talk, login.answer);
  }
  if (prompt !== null && (login === null || isTypedTo)) await waitFor(prompt);
}

async function type({ text, handle }: Talk, line: string): Promise<void> {
  text.forget();
  await handle.write(Buffer.from(`${line}\r`));
}

async function watchWindow(talk: Talk, wanted: WantedWindow, { machine, elapsedNs, timeLimitMs }: Omit<WatchedEnd, 'over'>, loads: readonly string[]): Promise<PassedWindow> {
  const { armed, network, plan, prompt, countDisks, rebooted } = wanted;
  const before = await countDisks();
  await network?.begin(machine);
  await armed.begin();
  const fromNs = elapsedNs();
  const load = typeLoads(talk, loads, prompt ?? NEVER, elapsedNs);
  const limitMs = plan.window.durationSeconds === null ? timeLimitMs : plan.window.durationSeconds * 1_000;
  await firstOf([talk.gone, rebooted, elapse(limitMs, talk.timers), ...(loads.length > 0 ? [load.done] : [])], talk.signal);
  load.stop();
  const toNs = elapsedNs();
  const machineEnd = await endOf(machine);
  const totals = await armed.end();
  const packets = (await network?.end(machine)) ?? null;
  const after = await countDisks();
  return { totals, fromNs, toNs, loadNs: load.tookNs(), machineEnd, network: packets, disks: before === null || after === null ? null : { before, after } };
}

/** Types one load after the other, each at the prompt behind the one before. What comes back after `stop` does not count. */
function typeLoads(talk: Talk, loads: readonly string[], prompt: RegExp, elapsedNs: () => number) {
  let [tookNs, isStopped] = [null as number | null, false];
  const typeAll = async (): Promise<void> => {
    const typedNs = elapsedNs();
    for (const load of loads) {
      await type(talk, load);
      await talk.text.until(prompt);
      if (isStopped) return;
    }
    tookNs = elapsedNs() - typedNs;
  };
  return { done: loads.length === 0 ? Promise.resolve() : typeAll(), tookNs: () => tookNs, stop: (): void => void (isStopped = true) };
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
