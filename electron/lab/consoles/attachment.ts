import type { BytePort } from '../../core/consoles/bytePort.ts';
import type { ByteLog } from '../../host/consoles/byteLog.ts';
import { connectSerialSocket } from '../../host/consoles/serialSocket.ts';
import { createInput } from './input.ts';
import { createLogfileFollower } from './logfileFollower.ts';
import { openMachineRecord } from './machineRecord.ts';

/** Where a machine's serial port is. */
export interface ConsoleSource {
  /** A Unix socket (a named pipe on Windows) on which QEMU listens. */
  readonly socketPath: string;
  /** QEMU's own record of the port, with `logappend=on`: in it is what was printed while no lab lived. */
  readonly logfile?: string;
}

export type BytesListener = (bytes: Uint8Array, offset: number) => void;

/** The lab's end of a machine's serial port, its monitor, or a login. */
export interface ConsoleHandle {
  readonly id: string;
  /** The offset of the machine's first byte: a console goes on where the guest's last run ended. */
  readonly start: number;
  /** Calls back for each chunk as it is read, with the offset of its first byte; the answer takes the listener away. */
  bytes(listener: BytesListener): () => void;
  /** Types into the guest, after everything typed before; resolves when QEMU took it. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the other end closed the port and every byte of it is in the log. */
  readonly closed: Promise<void>;
  detach(): Promise<void>;
}

export interface Console {
  readonly id: string;
  readonly directory: string;
  readonly log: ByteLog;
}

/** Connects the port and drains it into the console's log until QEMU ends. Rejects when nothing listens. */
export async function attachSource(target: Console, source: ConsoleSource): Promise<ConsoleHandle> {
  const taker = createTaker(target.log);
  const intake = openIntake(target, source, taker.take);
  const socket = await connectSerialSocket(source.socketPath).catch((error: unknown) => {
    intake.finish();
    throw error;
  });
  return joinPort(target.id, socket, intake, taker);
}

/** Drains a port that is open into the console's log until it closes; nothing is known of what it said before. */
export function attachPort({ id, log }: Console, port: BytePort): ConsoleHandle {
  const taker = createTaker(log);
  return joinPort(id, port, { start: log.end, receive: (bytes) => taker.take(bytes, Date.now()), finish: () => undefined }, taker);
}

type Taker = ReturnType<typeof createTaker>;

/** Takes bytes into the log and tells them to those who listen. */
function createTaker(log: ByteLog) {
  const listeners = new Set<BytesListener>();
  return {
    listeners,
    take(bytes: Uint8Array, atMs: number): void {
      const offset = log.end;
      log.append(bytes, atMs);
      for (const listener of [...listeners]) listener(bytes, offset);
    },
  };
}

function joinPort(id: string, port: BytePort, intake: Intake, { listeners }: Taker): ConsoleHandle {
  const input = createInput(id, (bytes) => port.write(bytes));
  port.read((bytes) => intake.receive(bytes));
  return {
    id,
    start: intake.start,
    bytes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    write: (bytes) => input.write(bytes),
    closed: port.closed.then(() => intake.finish()),
    async detach() {
      port.close();
      await port.closed;
    },
  };
}

/** How bytes from the port come into the log. */
interface Intake {
  readonly start: number;
  receive(bytes: Uint8Array): void;
  finish(): void;
}

function openIntake({ directory, log }: Console, { logfile: path }: ConsoleSource, take: (bytes: Uint8Array, atMs: number) => void): Intake {
  const takeNow = (bytes: Uint8Array): void => take(bytes, Date.now());
  if (path === undefined) return { start: log.end, receive: takeNow, finish: () => undefined };

  const machine = openMachineRecord(directory, path, log);
  // A machine that waits with -S prints nothing until we are connected: its port alone has everything.
  const follower = machine.position === null ? null : createLogfileFollower(machine.logfile, machine.position, take);
  return {
    start: machine.start,
    receive(bytes) {
      if (follower === null) takeNow(bytes);
      else follower.receive(bytes);
      if (follower?.joined !== false) machine.shorten();
    },
    finish() {
      follower?.finish();
      machine.logfile.close();
    },
  };
}
