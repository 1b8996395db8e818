import { randomUUID } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { SamplePlace } from '../../contract/measurements.ts';
import type { Machine, MachineEnd } from '../../core/guests/machine.ts';
import { LOGICAL_UUID, refuseLogicalTime } from '../../core/guests/logicalTime.ts';
import { machineSpecification } from '../../core/guests/machineSpecification.ts';
import { refuseClockStep } from '../../core/instruments/clockStep.ts';
import type { ArmedInstrument, BootToMeasure, StampedBytes } from '../../core/instruments/instrument.ts';
import { readClockOffset } from '../../host/instruments/clockOffset.ts';
import { hasSerialPipes, offerSerialPipes } from '../../host/instruments/serialPipe.ts';
import type { TraceFiles } from '../../host/instruments/traceFiles.ts';
import type { CommandLog } from '../../host/process/commandLog.ts';
import { createMachineDirectory } from '../../host/qemu/machineDirectory.ts';
import { bytesToText } from '../../core/measurements/serialText.ts';
import type { ConsoleHandle, ConsolesService } from '../consoles/consoles.ts';
import type { Places } from '../guests/places.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import { equipBoot, type BootDisks } from './bootDisks.ts';
import { wantsNetwork, watchEvents, type EventWatch, type WantedEvents } from './eventWatch.ts';
import type { Turns } from './turns.ts';

export interface BootTools {
  readonly runDirectory: string;
  readonly traces: TraceFiles;
  readonly consoles: Pick<ConsolesService, 'attach' | 'remove'>;
  readonly commands: Pick<CommandLog, 'began'>;
  readonly places: Places;
  readonly turns: Turns;
  readonly disks: BootDisks;
}

export interface StampedBoot {
  /** Where the guest's bytes can be read while it boots. */
  readonly consoleId: string;
  readonly definition: GuestDefinition;
  readonly resolved: ResolvedGuest;
  readonly kernelArguments: string;
  readonly arm: (boot: BootToMeasure) => Promise<ArmedInstrument>;
  readonly events?: WantedEvents;
  /** Counted from the spawn of QEMU. */
  readonly timeLimitMs: number;
  readonly outputLimitBytes: number;
  readonly signal: AbortSignal;
  /** Called when the console can be read, before the guest runs. */
  readonly onConsole?: () => void;
  /** Called for all stamped bytes in order, as they come; `true` says that the boot is over. */
  readonly take: (stamped: StampedBytes) => boolean;
}

/** Why nobody looks at the boot any more. */
export type BootEnding =
  | { readonly kind: 'over' }
  | { readonly kind: 'late' }
  | { readonly kind: 'outputLimit' }
  | { readonly kind: 'qemuEnded'; readonly end: MachineEnd }
  /** The stamps cannot be used. */
  | { readonly kind: 'unstamped'; readonly error: unknown };

export interface BootRecord {
  readonly ending: BootEnding;
  readonly argv: string[];
  readonly serial: Uint8Array;
  /** The moment of the spawn by this host's monotonic clock. */
  readonly spawnNs: bigint;
  /** Of a machine that did not run on this host. */
  readonly place?: SamplePlace;
}

/**
 * Boots a guest once under an armed instrument and ends it. Nothing of it is left afterwards, whatever happened but the
 * console's log. Throws what `startMachine` throws, and the signal's reason when it is aborted.
 */
export async function runStampedBoot(boot: StampedBoot, { runDirectory, traces, consoles, commands, disks, places }: Omit<BootTools, 'turns'>): Promise<BootRecord> {
  const logicalTime = boot.events?.plan.logicalTime ?? false;
  if (logicalTime) refuseLogicalTime({ accelerator: boot.resolved.accelerator, machine: boot.definition.machine });
  const at = places.of(boot.definition.place);
  const place = await at.elsewhere?.describe(boot.definition);
  const uuid = randomUUID();
  await using equipment = await equipBoot(boot.definition, boot.resolved, uuid, disks, wantsNetwork(boot.events));
  const tracePath = await traces.reserve(uuid);
  const directory = await createMachineDirectory(runDirectory);
  const armed = await boot.arm({ architecture: boot.definition.architecture, directory: directory.path, tracePath });
  // An instrument that stamps what it reads has to read from QEMU itself; one that reads a trace does not care who carries the bytes.
  const serialPipes = logicalTime || (armed.trace !== null && at.elsewhere === undefined && hasSerialPipes);
  try {
    await using events = await watchEvents(boot.events, uuid, { directory: directory.path, traces, hasNetwork: equipment.resolved.network.kind === 'user' });
    const specification = machineSpecification(boot.definition, equipment.resolved, {
      uuid: logicalTime ? LOGICAL_UUID : uuid,
      kernelArguments: boot.kernelArguments,
      sockets: directory.sockets,
      serialLogs: directory.sockets.serial.map(() => null),
      trace: armed.trace,
      logicalTime,
      serialPipes,
      extra: events.arguments,
    });
    await using ports = new AsyncDisposableStack();
    if (serialPipes) ports.use(await offerSerialPipes(specification.sockets.serial));
    const before = readClockOffset();
    const machine = await at.start({ program: boot.resolved.program, specification, directory: directory.path, signal: boot.signal }, boot.definition);
    const noteExit = commands.began(machine.record.argv, `measure ${boot.definition.name}`);
    void machine.ended.then(({ exitCode }) => noteExit(exitCode));
    try {
      const monotonicNs = machine.spawnedAt?.monotonicNs ?? process.hrtime.bigint();
      const socketPath = await armed.connect(directory.sockets.serial[0] ?? '', { monotonicNs, wallNs: monotonicNs + before.offsetNs });
      const handle = await consoles.attach(boot.consoleId, { socketPath });
      try {
        await events.connect(machine);
        boot.onConsole?.();
        const record = await watchBoot({ boot, armed, events, machine, handle, monotonicNs, traces });
        await machine.kill();
        await events.collect();
        return { ...record, ...(place && { place }), ending: afterClockCheck(record.ending, () => refuseClockStep(before, readClockOffset())) };
      } finally {
        await machine.kill();
        await handle.detach();
      }
    } finally {
      await machine.dispose();
    }
  } finally {
    await armed.dispose();
    await traces.remove(uuid);
  }
}

function afterClockCheck(ending: BootEnding, check: () => void): BootEnding {
  try {
    check();
    return ending;
  } catch (error) {
    return { kind: 'unstamped', error };
  }
}

interface WatchedBoot {
  readonly boot: StampedBoot;
  readonly armed: ArmedInstrument;
  readonly events: EventWatch;
  readonly machine: Machine;
  readonly handle: ConsoleHandle;
  readonly monotonicNs: bigint;
  readonly traces: Pick<TraceFiles, 'refuseFullDisk'>;
}

/** Lets the guest go and reads until one of the endings; then the instrument is switched off. */
async function watchBoot({ boot, armed, events, machine, handle, monotonicNs, traces }: WatchedBoot): Promise<BootRecord> {
  const ending = Promise.withResolvers<BootEnding>();
  const reader = createReader(boot, armed, traces, ending.resolve);
  const cancel = (): void => ending.reject(boot.signal.reason as Error);
  const stopListening = handle.bytes((chunk) => reader.receive(chunk));
  const elapsedMs = Number(process.hrtime.bigint() - monotonicNs) / 1e6;
  const timer = setTimeout(() => ending.resolve({ kind: 'late' }), boot.timeLimitMs - elapsedMs);
  boot.signal.addEventListener('abort', cancel, { once: true });
  if (boot.signal.aborted) cancel();
  // The last bytes of a QEMU that ended are read before it is called ended.
  void Promise.all([machine.ended, handle.closed]).then(([end]) => ending.resolve({ kind: 'qemuEnded', end }));
  // When this order fails QEMU has ended, and its end says more.
  void machine.go().catch(() => undefined);
  try {
    const how = await ending.promise;
    stopListening();
    await armed.disarm(machine.qmp);
    const stopKeeping = handle.bytes((chunk) => reader.keep(chunk));
    await events.finish({ over: how.kind === 'over', machine, handle, seen: () => bytesToText(reader.serial()), elapsedNs: () => Number(process.hrtime.bigint() - monotonicNs), timeLimitMs: boot.timeLimitMs, signal: boot.signal });
    stopKeeping();
    return { ending: reader.close(how), argv: machine.record.argv, serial: reader.serial(), spawnNs: monotonicNs };
  } finally {
    clearTimeout(timer);
    stopListening();
    boot.signal.removeEventListener('abort', cancel);
  }
}

/** Takes the console's bytes, has them stamped and passes them on. */
function createReader({ take, outputLimitBytes }: StampedBoot, armed: ArmedInstrument, traces: WatchedBoot['traces'], end: (ending: BootEnding) => void) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let stamped = 0;
  const pass = (chunk: Uint8Array): boolean => {
    const samples = armed.samples(chunk);
    stamped += samples.bytes.length;
    return take(samples);
  };
  return {
    receive(chunk: Uint8Array): void {
      chunks.push(chunk);
      bytes += chunk.length;
      try {
        if (pass(chunk)) end({ kind: 'over' });
        else if (bytes > outputLimitBytes) end({ kind: 'outputLimit' });
        // A stamp is there before its byte, wherever it can be written.
        else if (stamped < bytes) traces.refuseFullDisk();
      } catch (error) {
        end({ kind: 'unstamped', error });
      }
    },
    /** Stamps may be written after their bytes have come: a boot that was not over is looked at once more. */
    close(ending: BootEnding): BootEnding {
      if (ending.kind === 'over' || ending.kind === 'unstamped') return ending;
      try {
        pass(new Uint8Array());
        if (stamped < bytes) throw new DeclaredError('STAMPS_DISAGREE', { byteOffset: stamped, stamped: 'nothing', received: `${bytes - stamped} bytes` });
        return ending;
      } catch (error) {
        return { kind: 'unstamped', error };
      }
    },
    /** What comes after the boot belongs to its record, too; nobody stamps it. */
    keep: (chunk: Uint8Array): void => void chunks.push(chunk),
    serial: () => Buffer.concat(chunks),
  };
}
