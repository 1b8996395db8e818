import type { WebSocket } from 'ws';
import { z } from 'zod';
import { DeclaredError, errors, explain } from '../contract/errors.ts';
import { identifier } from '../contract/primitives.ts';
import type { Screens } from '../lab/consoles/screens.ts';

const UNSUPPORTED_DATA = 1003;
const UNEXPECTED = 1011;
/** A declared error closes the line with 4000 + its HTTP status (RFC 6455 leaves 4000–4999 to applications). */
const DECLARED = 4000;
/** A closing reason has at most 123 bytes (RFC 6455, 5.5), and a character of our sentences at most three. */
const LONGEST_REASON = 41;
/** What may wait for a viewer that does not read: after this QEMU is not read either, and draws no more for this one. */
const UNSENT_BYTES = 1024 * 1024;

export const screenQuery = z.object({ guest: identifier });
export type ScreenQuery = z.infer<typeof screenQuery>;

/** Serves one viewer of a screen: the bytes of RFB between it and a connection to QEMU of its own. */
export async function serveScreen(socket: WebSocket, screens: Pick<Screens, 'open'>, { guest }: ScreenQuery, report: (error: unknown) => string): Promise<void> {
  // Nobody listens for what the viewer sends until QEMU is there.
  socket.pause();
  const screen = await screens.open(guest).catch((error: unknown) => refuse(socket, error, report));
  if (screen === null) return;
  if (socket.readyState !== socket.OPEN) {
    screen.destroy();
    return;
  }
  screen.on('data', (bytes: Buffer) => {
    socket.send(bytes, { binary: true }, () => {
      if (socket.bufferedAmount <= UNSENT_BYTES) screen.resume();
    });
    if (socket.bufferedAmount > UNSENT_BYTES) screen.pause();
  });
  screen.on('drain', () => socket.resume());
  screen.on('close', () => socket.close(1000, 'the screen is gone'));
  socket.on('message', (data, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(data)) socket.close(UNSUPPORTED_DATA, 'a screen is spoken to in bytes');
    else if (!screen.write(data)) socket.pause();
  });
  socket.on('close', () => screen.destroy());
  socket.resume();
}

function refuse(socket: WebSocket, error: unknown, report: (error: unknown) => string): null {
  socket.resume();
  const { failure } = error instanceof DeclaredError ? error : { failure: null };
  if (failure !== null) socket.close(DECLARED + errors[failure.code].status, explain(failure).what.slice(0, LONGEST_REASON));
  else socket.close(UNEXPECTED, `reference ${report(error)} in the lab's log`);
  return null;
}
