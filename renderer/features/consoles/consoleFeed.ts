import type { ConsoleChannel, ConsoleListener } from '../../transport/transport.ts';

export interface FeedOptions {
  readonly from: number;
  readonly open: (from: number, listener: ConsoleListener) => Promise<ConsoleChannel>;
  /** Puts bytes on the screen and calls back when they are there. */
  readonly show: (bytes: Uint8Array, offset: number, shown: () => void) => void;
  /** Bytes between two offsets are no longer kept. */
  readonly gap: (from: number, to: number) => void;
  readonly lost: (reason: string) => void;
  /** The next frame of the screen; a hidden page gets none, so it acknowledges nothing and the lab waits. */
  readonly nextFrame: (callback: () => void) => void;
}

export interface ConsoleFeed {
  /** The offset after the last byte that arrived. */
  readonly end: number;
  send(bytes: Uint8Array): void;
  close(): void;
}

// More in one frame would make the page stutter; at 60 frames a second this is 15 MB/s.
const BYTES_A_FRAME = 256 * 1024;

/**
 * Follows a console from an offset: bytes are gathered and shown once a frame, and acknowledged when they are on the
 * screen, so that a flood waits in the lab and not in the page.
 */
export async function openConsoleFeed(options: FeedOptions): Promise<ConsoleFeed> {
  const waiting: Uint8Array[] = [];
  let waitingFrom = options.from;
  let end = options.from;
  let scheduled = false;
  let showing = false;
  let closed = false;
  let channel: ConsoleChannel | null = null;

  function schedule(): void {
    if (scheduled || showing || closed || waiting.length === 0) return;
    scheduled = true;
    options.nextFrame(showNext);
  }

  function showNext(): void {
    scheduled = false;
    if (closed) return;
    const bytes = take(waiting, BYTES_A_FRAME);
    const offset = waitingFrom;
    waitingFrom += bytes.length;
    showing = true;
    options.show(bytes, offset, () => {
      showing = false;
      if (closed) return;
      channel?.acknowledge(offset + bytes.length);
      schedule();
    });
  }

  channel = await options.open(options.from, {
    bytes(offset, bytes) {
      if (offset > end) {
        options.gap(end, offset);
        if (waiting.length === 0) waitingFrom = offset;
      }
      end = offset + bytes.length;
      if (bytes.length > 0) waiting.push(bytes);
      schedule();
    },
    closed: (reason) => {
      if (!closed) options.lost(reason);
    },
  });

  return {
    get end() {
      return end;
    },
    send: (bytes) => channel.send(bytes),
    close: () => {
      closed = true;
      channel.close();
    },
  };
}

/** Takes at most `limit` bytes from the front of a list of chunks, as one piece. */
export function take(chunks: Uint8Array[], limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let room = limit;
  while (room > 0 && chunks[0] !== undefined) {
    const chunk = chunks[0];
    parts.push(chunk.subarray(0, room));
    if (chunk.length > room) chunks[0] = chunk.subarray(room);
    else chunks.shift();
    room -= Math.min(room, chunk.length);
  }
  const whole = new Uint8Array(limit - room);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
