import { positionAfter, positionOfReceived, TAIL_BYTES } from '../../core/consoles/alignment.ts';
import type { ByteLog } from '../../host/consoles/byteLog.ts';
import type { MachineLogfile } from '../../host/consoles/machineLogfile.ts';

const CHUNK_BYTES = 64 * 1024;

/** What was received while its place in the logfile is not found; with more than this the count of bytes has to do. */
const LARGEST_UNPLACED = 4 * 1024;

/** Takes bytes into the console's log. */
export type Take = (bytes: Uint8Array, atMs: number) => void;

/**
 * Follows QEMU's logfile from where the console's log ends until the port itself takes over. QEMU takes the
 * connection some time after we made it, so the first bytes from the port may be in the logfile already: they are
 * found there by content.
 */
export function createLogfileFollower(logfile: MachineLogfile, position: number, take: Take) {
  const beginning = position;
  let received: Uint8Array[] = [];
  let joined = false;
  /** How many of the next received bytes were taken from the logfile already. */
  let surplus = 0;

  /** Takes what the logfile has up to `end`; the time of its last byte is the best that is known of their times. */
  const takeLogged = (end: number): void => {
    const { writtenAtMs } = logfile;
    while (position < end) {
      const bytes = logfile.read(position, Math.min(CHUNK_BYTES, end - position));
      if (bytes.length === 0) return;
      position += bytes.length;
      take(bytes, writtenAtMs);
    }
  };
  const takeReceived = (bytes: Uint8Array): void => {
    const fresh = bytes.subarray(surplus);
    surplus = Math.max(0, surplus - bytes.length);
    if (fresh.length > 0) take(fresh, Date.now());
  };
  const placeOf = (bytes: Uint8Array): number | null => {
    const { size } = logfile;
    const from = Math.max(beginning, size - bytes.length - CHUNK_BYTES);
    const found = positionOfReceived(logfile.read(from, size - from), bytes);
    if (found !== null) return from + found;
    return bytes.length > LARGEST_UNPLACED ? Math.max(position, size - bytes.length) : null;
  };
  const join = (): void => {
    const bytes = Buffer.concat(received);
    const place = placeOf(bytes);
    if (place === null) return;
    joined = true;
    takeLogged(place);
    surplus = position - place;
    received = [];
    stopWatching();
    takeReceived(bytes);
  };
  const look = (): void => {
    if (joined) return;
    if (received.length === 0) takeLogged(logfile.size);
    else join();
  };
  const stopWatching = logfile.onGrowth(look);
  look();

  return {
    /** Whether the console has everything that QEMU sent, so that the logfile is not needed any more. */
    get joined() {
      return joined;
    },
    /** Bytes from the port. */
    receive(bytes: Uint8Array): void {
      if (joined) {
        takeReceived(bytes);
        return;
      }
      received.push(bytes);
      join();
    },
    /** The port is closed: everything that QEMU printed is in its logfile, whether we received it or not. */
    finish(): void {
      if (!joined) takeLogged(logfile.size);
      joined = true;
      stopWatching();
    },
  };
}

/** Where in the logfile the bytes begin that the console does not have. `base` is the console's offset of its first byte. */
export function missingFrom(log: ByteLog, logfile: MachineLogfile, base: number): number {
  const expected = log.end - base;
  const tail = tailOf(log, Math.max(0, Math.min(TAIL_BYTES, expected)));
  const from = Math.max(0, expected - 2 * 1024 * 1024);
  const logged = logfile.read(from, 4 * 1024 * 1024);
  return from + positionAfter(tail, logged, expected - from);
}

/** The last `length` bytes of a log, or none when some of them are missing. */
function tailOf(log: ByteLog, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = log.end - length; at < log.end; ) {
    const { offset, bytes } = log.read(at, log.end - at);
    if (offset !== at || bytes.length === 0) return new Uint8Array(0);
    parts.push(bytes);
    at += bytes.length;
  }
  return Buffer.concat(parts);
}
