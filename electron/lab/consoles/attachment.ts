import type { ByteLog } from '../../host/consoles/byteLog.ts';
import { connectSerialSocket } from '../../host/consoles/serialSocket.ts';
import { createInput } from './input.ts';

/** Where a machine's serial port is. */
export interface ConsoleSource {
  /** A Unix socket (a named pipe on Windows) on which QEMU listens. */
  readonly socketPath: string;
  /** QEMU's own record of the port; with it the bytes that were printed while no lab lived are found. */
  readonly logfile?: string;
}

export type BytesListener = (bytes: Uint8Array, offset: number) => void;

/** The lab's end of one machine's serial port. */
export interface ConsoleHandle {
  readonly id: string;
  /** The offset of the machine's first byte: a console goes on where the guest's last run ended. */
  readonly start: number;
  /** Calls back for each chunk as it is read, with the offset of its first byte; the answer takes the listener away. */
  bytes(listener: BytesListener): () => void;
  /** Types into the guest, after everything typed before; resolves when QEMU took it. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when QEMU closed the port and every byte of it is in the log. */
  readonly closed: Promise<void>;
  detach(): Promise<void>;
}

/** Connects the port and drains it into the log until QEMU ends. */
export async function attachSource(id: string, source: ConsoleSource, log: ByteLog): Promise<ConsoleHandle> {
  const listeners = new Set<BytesListener>();
  const start = log.end;
  const socket = await connectSerialSocket(source.socketPath);
  const input = createInput(id, (bytes) => socket.write(bytes));

  socket.read((bytes) => {
    const offset = log.end;
    log.append(bytes, Date.now());
    for (const listener of [...listeners]) listener(bytes, offset);
  });
  return {
    id,
    start,
    bytes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    write: (bytes) => input.write(bytes),
    closed: socket.closed,
    detach() {
      socket.close();
      return socket.closed;
    },
  };
}
