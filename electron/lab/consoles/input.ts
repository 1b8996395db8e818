import { DeclaredError } from '../../contract/errors.ts';

/** What may wait for a guest that does not read. */
const WAITING_BYTES = 256 * 1024;

/** Puts what several viewers type into one order, each write whole, and refuses more when the guest does not read. */
export function createInput(id: string, write: (bytes: Uint8Array) => Promise<void>) {
  let last = Promise.resolve();
  let waiting = 0;
  const writeNext = async (previous: Promise<void>, bytes: Uint8Array): Promise<void> => {
    try {
      // The one before may have failed; it told its own caller.
      await previous.catch(() => undefined);
      await write(bytes);
    } finally {
      waiting -= bytes.length;
    }
  };
  return {
    /** Resolves when QEMU took the bytes. */
    write(bytes: Uint8Array): Promise<void> {
      if (waiting > 0 && waiting + bytes.length > WAITING_BYTES) {
        return Promise.reject(new DeclaredError('GUEST_BUSY', { guest: id, state: 'not reading its input', wanted: 'take more of it' }));
      }
      waiting += bytes.length;
      last = writeNext(last, bytes);
      return last;
    },
  };
}

export function notRunning(id: string): DeclaredError {
  return new DeclaredError('GUEST_BUSY', { guest: id, state: 'not running', wanted: 'take input' });
}
