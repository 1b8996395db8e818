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

/** Opens a viewer on a console, from offset `from` on. Rejects with NOT_FOUND when nothing is kept of it. */
export async function openConsole(socketPath: string, id: string, from: number): Promise<ConsoleStream> {
  const query = new URLSearchParams({ id, from: String(from) });
  const socket = await openChannel(socketPath, `console?${query.toString()}`);
  return {
    write: (bytes) => socket.send(bytes, { binary: true }),
    close: () => socket.close(1000),
    [Symbol.asyncIterator]: () => readFrames(socket, id),
  };
}

async function* readFrames(socket: WebSocket, id: string): AsyncGenerator<ConsoleFrame, void, undefined> {
  const arrived: ConsoleFrame[] = [];
  let closeCode: number | null = null;
  let wake: () => void = () => undefined;

  socket.on('message', (data, isBinary) => {
    const frame = isBinary && Buffer.isBuffer(data) ? decodeFrame(data) : null;
    if (frame !== null) arrived.push(frame);
    wake();
  });
  socket.on('close', (code) => {
    closeCode = code;
    wake();
  });
  try {
    while (true) {
      for (let frame = arrived.shift(); frame !== undefined; frame = arrived.shift()) {
        yield frame;
        socket.send(JSON.stringify({ acknowledged: frame.offset + frame.bytes.length }));
      }
      if (closeCode === NOT_FOUND_CLOSE) throw new DeclaredError('NOT_FOUND', { noun: 'console', id });
      if (closeCode !== null) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    socket.close(1000);
  }
}
