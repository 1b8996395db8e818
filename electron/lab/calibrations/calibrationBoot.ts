import { join } from 'node:path';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import { failedBoot, type BootToCalibrate, type CalibratedBoot } from '../../core/calibrations/experiment.ts';
import { readFaultKinds, readLoadCounts, readSectors } from '../../core/calibrations/guestCounts.ts';
import { seeLoads, type AddressRange, type SeenBoot } from '../../core/calibrations/seenLoads.ts';
import type { EventInstrument, GuestToWatch } from '../../core/instruments/eventInstrument.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { beginPhases, matchPhases } from '../../core/measurements/phases.ts';
import { bytesToText } from '../../core/measurements/serialText.ts';
import { reduceEvents } from '../../core/traces/eventReducer.ts';
import { armNothing } from '../../host/instruments/consoleArrival.ts';
import { makeSparseFile } from '../../host/storage/sparseFile.ts';
import { readKernelSymbols } from '../../host/symbols/readSymbols.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { SeenEvents, WantedEvents } from '../instruments/eventWatch.ts';
import { runStampedBoot, type BootTools } from '../instruments/stampedBoot.ts';

/** The built-in guest of one architecture, as it is booted to be compared with. */
export interface Ruler {
  readonly definition: GuestDefinition;
  readonly resolved: ResolvedGuest;
  readonly table: PhaseTable;
}

export interface CalibrationBootTools extends BootTools {
  readonly decoder: CallDecoder | null;
  readonly describeError: (error: unknown) => string;
}

/** Which instrument watches; both null for a boot without any. */
export interface Watching {
  readonly events: EventInstrument | null;
  readonly stamps: Instrument | null;
}

export interface PerformedBoot extends CalibratedBoot {
  /** From the arrival of the first phase to the end of the work, by this process's clock; null when it did not end. */
  readonly elapsedNs: number | null;
}

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 1_000_000;
/** Removed after each boot. */
const CONSOLE = 'run/calibration/0/serial0';

/** The guest as instruments want to know it. */
export function rulerToWatch({ definition, resolved }: Ruler): GuestToWatch {
  return { qemu: resolved.program, architecture: definition.architecture, accelerator: 'tcg', cpus: definition.machine.cpus, system: 'builtin' };
}

/** Boots the built-in guest once as an experiment wants it. What goes wrong stands in the answer; it throws only the signal's reason. */
export async function performBoot(boot: BootToCalibrate, ruler: Ruler, watching: Watching, tools: CalibrationBootTools, signal: AbortSignal): Promise<PerformedBoot> {
  const { definition, resolved, table } = ruler;
  const watched = watchEventsOf(boot, ruler, watching.events, tools.decoder);
  const clock = createArrivals(table, boot.asked);
  try {
    const { ending, serial } = await runStampedBoot(
      {
        consoleId: CONSOLE, definition, resolved, kernelArguments: boot.kernelArguments, timeLimitMs: TIME_LIMIT_MS, outputLimitBytes: OUTPUT_LIMIT_BYTES, signal,
        arm: (files) => watching.stamps?.arm(files) ?? Promise.resolve(armNothing()),
        ...(watched !== null && { events: watched.wanted }),
        take: (stamped) => clock.take(stamped),
      },
      tools,
    );
    const error = ending.kind === 'unstamped' ? ending.error : watched?.error();
    const unfinished = ending.kind === 'over' ? null : `the boot did not come to its end (${ending.kind})`;
    const failure = error == null ? unfinished : tools.describeError(error);
    const text = bytesToText(serial);
    return { counts: readLoadCounts(text), faultKinds: readFaultKinds(text), sectors: readSectors(text), beside: watched?.beside() ?? null, seen: watched?.seen() ?? null, phasesNs: clock.phasesNs(), elapsedNs: ending.kind === 'over' ? clock.elapsedNs() : null, failure };
  } catch (error) {
    signal.throwIfAborted();
    return { ...failedBoot(tools.describeError(error)), elapsedNs: null };
  } finally {
    tools.consoles.remove(CONSOLE);
  }
}

/** Arms the event instrument for a boot and parts what it saw by loads. */
function watchEventsOf(boot: BootToCalibrate, ruler: Ruler, instrument: EventInstrument | null, decoder: CallDecoder | null) {
  const { plan } = boot;
  if (plan === null || instrument === null) return null;
  let [seen, error, profiled] = [null as SeenBoot | null, null as unknown, null as AddressRange | null];
  let beside: CalibratedBoot['beside'] = null;
  const wanted: WantedEvents = {
    plan,
    prompt: ruler.table.prompt === null ? null : new RegExp(ruler.table.prompt),
    loads: boot.typed,
    async arm(files) {
      const symbols = await addressesOf(boot.symbols, ruler.resolved.kernelPath);
      profiled = await rangeOf(boot, ruler.resolved.kernelPath);
      const armed = await instrument.arm({ ...rulerToWatch(ruler), ...files, plan, symbols, faultHandler: null, ...(boot.modelData && { modelData: boot.modelData }) });
      return boot.diskBytes === undefined ? armed : { ...armed, arguments: [...armed.arguments, ...(await emptyDisk(files.directory, boot.diskBytes))] };
    },
    async collect({ armed, window, error: failure }: SeenEvents) {
      error = failure;
      if (window === null) return;
      beside = { disks: window.disks, loadNs: window.loadNs };
      const loads = seeLoads(decoder, profiled);
      await reduceEvents(armed.events(), [loads]);
      seen = loads.result();
    },
  };
  return { wanted, seen: () => seen, beside: () => beside, error: () => error };
}

async function addressesOf(wanted: BootToCalibrate['symbols'], kernelPath: string | null) {
  if (wanted.length === 0 || kernelPath === null) return [];
  const { table } = await readKernelSymbols(kernelPath, null);
  return wanted.flatMap(({ name, every }) => {
    const symbol = table.byName.get(name);
    return symbol === undefined ? [] : [{ name, every, address: symbol.address }];
  });
}

/** A disk of zeros beside the boot's sockets, which is removed with them; QEMU parts options at commas and wants a comma of a path doubled. */
async function emptyDisk(directory: string, bytes: number): Promise<string[]> {
  const path = join(directory, 'disk.raw');
  await makeSparseFile(path, bytes);
  return ['-drive', `file=${path.replaceAll(',', ',,')},format=raw,if=ide,index=0`];
}

async function rangeOf({ profiled }: BootToCalibrate, kernelPath: string | null): Promise<AddressRange | null> {
  if (profiled === undefined) return null;
  const [from, to] = await addressesOf([profiled.from, profiled.to].map((name) => ({ name, every: false })), kernelPath);
  return from === undefined || to === undefined ? null : { from: from.address, to: to.address };
}

/** Follows the phases, and the lines of loads that the command line asked for. */
function createArrivals(table: PhaseTable, asked: number) {
  let progress = beginPhases(table);
  const prompt = table.prompt === null ? null : new RegExp(table.prompt);
  let [text, firstMs, lastMs] = ['', null as number | null, null as number | null];
  return {
    take(stamped: Parameters<typeof matchPhases>[1]): boolean {
      progress = matchPhases(progress, stamped);
      text += bytesToText(Buffer.from(stamped.bytes));
      if (firstMs === null && progress.seen.size > 0) firstMs = performance.now();
      const over = progress.ended && (asked === 0 || (readLoadCounts(text).length >= asked && prompt?.test(text.slice(text.lastIndexOf('\n') + 1)) === true));
      if (over) lastMs = performance.now();
      return over;
    },
    elapsedNs: () => (firstMs === null || lastMs === null ? null : (lastMs - firstMs) * 1e6),
    phasesNs: (): ReadonlyMap<string, number> => new Map([...progress.seen].flatMap(([name, { atNs }]) => [[name, atNs] as const])),
  };
}
