import { dirname } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { chordsFor } from '../../core/installations/chords.ts';
import { withValues, type InstallScript, type ScriptPart, type Typed } from '../../core/installations/installScript.ts';
import { deadlineMs, playScript, startPlaying, type Play, type Playing, type ScriptAction, type ScriptEvent } from '../../core/installations/playScript.ts';
import { decodeVgaText } from '../../core/installations/vgaScreen.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { readVgaText } from '../../host/qemu/vgaText.ts';
import { availableBytes } from '../../host/storage/storageFailures.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { GuestsService } from '../guests/guests.ts';

/** A screen tells nobody that it changed, so it is looked at as often as a person would notice. */
const SCREEN_EVERY_MS = 500;
const READ_BYTES = 65_536;
/** Nobody tells when a disk is full either; when there is no room for a piece of a qcow2 file any more (64 KiB), nothing can go on. */
const SPACE_EVERY_MS = 1_000;
const LEAST_BYTES = 65_536;

export interface ConductorTools {
  readonly consoles: Pick<ConsolesService, 'view' | 'read' | 'write' | 'get'>;
  readonly guests: Pick<GuestsService, 'get' | 'machineOf' | 'sendKeys' | 'onChange'>;
}

export interface Performance {
  readonly guest: string;
  /** The disk's file, or the lab's data where there is none: what cannot grow when the disk of the host is full. */
  readonly diskPath: string;
  readonly script: InstallScript;
  readonly part: ScriptPart;
  readonly values: Readonly<Record<string, string>>;
  readonly from: Playing;
  /** What a lab that died was about to type. */
  readonly pending: readonly Typed[];
  readonly signal: AbortSignal;
  /** Called after each step, before anything is typed: what is kept here is where another lab goes on. */
  readonly keep: (state: Playing, actions: readonly ScriptAction[], pending: readonly Typed[]) => void;
  /** Ends the machine and starts it again from the beginning of this part. Answers the console's end before. */
  readonly restart: () => Promise<number>;
  readonly failed: (action: Extract<ScriptAction, { kind: 'fail' }>) => DeclaredError;
}

/** The first serial port's log. */
export const consoleOf = (guest: string): string => `guest/${guest}/serial0`;

/** The steps of a part with the values put in. */
export function playOf(script: InstallScript, part: ScriptPart, values: Readonly<Record<string, string>>): Play {
  const escaped = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')]));
  return {
    failures: script.failures,
    steps: script[part].map((step) => ({
      ...step,
      expect: 'text' in step.expect ? { text: withValues(step.expect.text, values) } : 'pattern' in step.expect ? { pattern: withValues(step.expect.pattern, escaped) } : step.expect,
    })),
  };
}

const textOf = (typed: Typed, values: Readonly<Record<string, string>>): Typed => ('text' in typed ? { text: withValues(typed.text, values) } : typed);

async function typeInto({ consoles, guests }: ConductorTools, { guest, script, values }: Performance, typed: Typed): Promise<void> {
  const words = textOf(typed, values);
  if ('keys' in words) return guests.sendKeys(guest, words.keys);
  if (script.console === 'screen') return guests.sendKeys(guest, chordsFor(words.text));
  // Enter is a carriage return on a serial line, as a terminal sends it.
  return consoles.write(consoleOf(guest), Buffer.from(words.text.replaceAll('\n', '\r')));
}

/** The 25 lines of a running guest's text screen. */
export async function screenOf({ qmp, serialSockets, vncSocket }: Machine): Promise<string[]> {
  const socket = vncSocket ?? serialSockets[0] ?? '';
  return decodeVgaText(await readVgaText(qmp, dirname(socket)));
}

/**
 * The same, or null when the monitor does not answer: a machine may end while it is looked at, and of that the guest's state
 * tells; one that hangs runs into the limit of the step.
 */
async function screenUnlessEnding(machine: Machine): Promise<string[] | null> {
  try {
    return await screenOf(machine);
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'QMP_FAILED') return null;
    throw error;
  }
}

/** Tells of what happens to a guest until `stop` is called. */
interface Watch {
  readonly next: () => Promise<void>;
  readonly wake: () => void;
  readonly stop: () => void;
}

function watchGuest({ consoles, guests }: ConductorTools, { guest, script }: Performance, stage: Stage): Watch {
  let bell = Promise.withResolvers<undefined>();
  const wake = (): void => bell.resolve(undefined);
  const viewer = consoles.view(consoleOf(guest), stage.read, {
    send: () => {
      // Only the news counts: the bytes are read from the log.
      wake();
      viewer.acknowledge(consoles.get(consoleOf(guest)).end);
    },
    end: wake,
  });
  const unlisten = guests.onChange((id) => id === guest && wake());
  const forgetDisk = listenForFullDisk(guests.machineOf(guest), () => {
    stage.diskIsFull = true;
    wake();
  });
  const looking = setInterval(wake, script.console === 'screen' ? SCREEN_EVERY_MS : SPACE_EVERY_MS);
  return {
    wake,
    next: async () => {
      await bell.promise;
      bell = Promise.withResolvers<undefined>();
    },
    stop: () => {
      viewer.close();
      unlisten();
      forgetDisk();
      clearInterval(looking);
    },
  };
}

/** What changes while a part is played. */
interface Stage {
  state: Playing;
  /** The offset in the log up to which the script has read. */
  read: number;
  diskIsFull: boolean;
}

/**
 * Plays a part of a script on a guest that runs, and resolves when its last step was met. Throws
 * INSTALLATION_STEP_FAILED, DISK_FULL when the guest's disk could not grow, and what the signal aborts with.
 */
export async function performScript(tools: ConductorTools, performance: Performance): Promise<void> {
  const { consoles, guests } = tools;
  const { guest, part, script, values, signal, diskPath, from, pending } = performance;
  const play = playOf(script, part, values);
  const stage: Stage = { state: from, read: from.offset + from.text.length, diskIsFull: false };
  let watch = watchGuest(tools, performance, stage);
  const abort = (): void => watch.wake();
  const keep = (actions: readonly ScriptAction[], typed: readonly Typed[]): void => performance.keep(stage.state, actions, typed);

  const restart = async (): Promise<void> => {
    watch.stop();
    stage.read = await performance.restart();
    stage.state = { ...startPlaying(stage.read, Date.now()), late: stage.state.late };
    watch = watchGuest(tools, performance, stage);
    keep([], []);
  };
  const happen = async (event: ScriptEvent): Promise<void> => {
    const { state, actions } = playScript(play, stage.state, event);
    stage.state = state;
    if (actions.length === 0) return;
    const typed = actions.flatMap((action) => (action.kind === 'type' ? [action.typed] : []));
    keep(actions, typed);
    for (const action of actions) {
      if (action.kind === 'fail') throw performance.failed(action);
      if (action.kind === 'type') await typeInto(tools, performance, action.typed);
      if (action.kind === 'restart') await restart();
    }
    if (typed.length > 0) keep([], []);
  };
  const isPlaying = (): boolean => stage.state.outcome === 'playing';
  const readNews = async (): Promise<void> => {
    const id = consoleOf(guest);
    while (isPlaying() && stage.read < consoles.get(id).end) {
      const { from: at, bytes } = consoles.read(id, stage.read, READ_BYTES);
      if (bytes.length === 0) return;
      stage.read = at + bytes.length;
      if (script.console === 'serial') await happen({ kind: 'serial', bytes, atMs: Date.now() });
    }
    const machine = script.console === 'screen' && isPlaying() ? guests.machineOf(guest) : undefined;
    const lines = machine === undefined ? null : await screenUnlessEnding(machine);
    if (lines !== null) await happen({ kind: 'screen', lines, atMs: Date.now() });
  };
  const untilNewsOrDeadline = async (): Promise<void> => {
    const deadline = deadlineMs(play, stage.state);
    // A timer that rings a moment early would be set again and again.
    const timer = deadline === null ? undefined : setTimeout(() => watch.wake(), Math.max(0, deadline - Date.now()) + 1);
    await watch.next();
    clearTimeout(timer);
  };

  signal.addEventListener('abort', abort);
  try {
    for (const typed of pending) await typeInto(tools, performance, typed);
    if (pending.length > 0) keep([], []);
    while (isPlaying()) {
      signal.throwIfAborted();
      const available = availableBytes(diskPath);
      if (stage.diskIsFull || (available !== null && available < LEAST_BYTES)) throw new DeclaredError('DISK_FULL', { path: diskPath, availableBytes: available });
      // Asked before the log is read: what an ended machine printed is all in the log by then.
      const ended = guests.get(guest).runtime.state === 'stopped';
      await readNews();
      await happen({ kind: ended ? 'ended' : 'time', atMs: Date.now() });
      if (isPlaying()) await untilNewsOrDeadline();
    }
  } finally {
    signal.removeEventListener('abort', abort);
    watch.stop();
  }
}

/** QEMU stops a guest whose disk cannot grow, and says so once. */
function listenForFullDisk(machine: Machine | undefined, tell: () => void): () => void {
  if (machine === undefined) return () => undefined;
  return machine.qmp.onEvent(({ name, data }) => {
    if (name === 'BLOCK_IO_ERROR' && data['nospace'] === true) tell();
  });
}
