import { DeclaredError } from '../../contract/errors.ts';

/** What may wait for a guest that does not read. */
const WAITING_BYTES = 256 * 1024;

/** Refuses more input while so much waits. The socket below keeps the writes of several viewers whole and in order. */
export function createInput(id: string, write: (bytes: Uint8Array) => Promise<void>) {
  let waiting = 0;
  return {
    /** Resolves when QEMU took the bytes. Rejects with GUEST_BUSY. */
    async write(bytes: Uint8Array): Promise<void> {
      if (waiting > 0 && waiting + bytes.length > WAITING_BYTES) {
        throw new DeclaredError('GUEST_BUSY', { guest: id, state: 'not reading its input', wanted: 'take more of it' });
      }
      waiting += bytes.length;
      try {
        await write(bytes);
      } finally {
        waiting -= bytes.length;
      }
    },
  };
}

export function notRunning(id: string): DeclaredError {
  return new DeclaredError('GUEST_BUSY', { guest: id, state: 'not running', wanted: 'take input' });
}
