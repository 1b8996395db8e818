import type { WebSocket } from 'ws';
import { decodeFrame, type ConsoleFrame } from '../contract/consoleFrame.ts';
import { DeclaredError } from '../contract/errors.ts';
import { openChannel } from './channels.ts';

/**
 * A console's bytes as they come. Each frame is acknowledged when the reader asks for the one after it, so a slow
 * reader is served from the lab's disk and never from a queue.
 */
export interface ConsoleStream extends AsyncIterable<ConsoleFrame> {
  /** Types into the guest. */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** The lab closes a channel with 4000 + the status of a declared error. */
const NOT_FOUND_CLOSE = 4404;

/** Opens a viewer on a console, from offset `from` on. Its first read rejects with NOT_FOUND when nothing is kept of it. */
export async function openConsole(socketPath: string, id: string, from: number): Promise<ConsoleStream> {
  const query = new URLSearchParams({ id, from: String(from) });
  const socket = await openChannel(socketPath, `console?${query.toString()}`);
  const arrivals = collect(socket);
  return {
    write: (bytes) => socket.send(bytes, { binary: true }),
    close: () => socket.close(1000),
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = await arrivals.next(); 'bytes' in next; next = await arrivals.next()) {
          yield next;
          socket.send(JSON.stringify({ acknowledged: next.offset + next.bytes.length }));
        }
        if (arrivals.closeCode() === NOT_FOUND_CLOSE) throw new DeclaredError('NOT_FOUND', { noun: 'console', id });
      } finally {
        socket.close(1000);
      }
    },
  };
}

/** The frames that have come and were not read; the lab's window keeps them few. */
function collect(socket: WebSocket) {
  const arrived: ConsoleFrame[] = [];
  let code: number | null = null;
  let wake: () => void = () => undefined;
  socket.on('message', (data, isBinary) => {
    const frame = isBinary && Buffer.isBuffer(data) ? decodeFrame(data) : null;
    if (frame !== null) arrived.push(frame);
    wake();
  });
  socket.on('close', (closeCode) => {
    code = closeCode;
    wake();
  });
  return {
    closeCode: () => code,
    async next(): Promise<ConsoleFrame | { closed: true }> {
      while (arrived.length === 0 && code === null) await new Promise<void>((resolve) => (wake = resolve));
      return arrived.shift() ?? { closed: true };
    },
  };
}
