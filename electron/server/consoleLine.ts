import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { acknowledgement, consoleId } from '../contract/consoles.ts';
import { DeclaredError } from '../contract/errors.ts';
import type { ConsolesService, Viewer } from '../lab/consoles/consoles.ts';

const MALFORMED = 1007;
const UNEXPECTED = 1011;
/** A declared error closes the line with 4000 + its HTTP status (RFC 6455 leaves 4000–4999 to applications). */
const NOT_FOUND_CLOSE = 4404;

export const consoleQuery = z.object({ id: consoleId, from: z.coerce.number().int().nonnegative().default(0) });
export type ConsoleQuery = z.infer<typeof consoleQuery>;

/** Serves one viewer of a console: bytes out, input and acknowledgements in. */
export function serveConsole(socket: WebSocket, consoles: Pick<ConsolesService, 'view'>, query: ConsoleQuery, report: (error: unknown) => string): void {
  const viewer = openViewer(socket, consoles, query, report);
  if (viewer === null) return;
  socket.on('message', (data, isBinary) => {
    if (!Buffer.isBuffer(data)) return;
    if (isBinary) void type(socket, viewer, data);
    else acknowledge(socket, viewer, data);
  });
  socket.on('close', () => viewer.close());
}

function openViewer(socket: WebSocket, consoles: Pick<ConsolesService, 'view'>, { id, from }: ConsoleQuery, report: (error: unknown) => string): Viewer | null {
  try {
    return consoles.view(id, from, {
      send: (frame) => socket.send(frame, { binary: true }),
      end: () => socket.close(1000, 'the console was removed'),
    });
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'NOT_FOUND') socket.close(NOT_FOUND_CLOSE, 'there is no such console');
    else socket.close(UNEXPECTED, `reference ${report(error)} in the lab's log`);
    return null;
  }
}

/** Takes no more input from this viewer until the guest took what came: its own connection is the queue. */
async function type(socket: WebSocket, viewer: Viewer, bytes: RawData & Buffer): Promise<void> {
  socket.pause();
  try {
    await viewer.write(bytes);
  } catch {
    // No machine listens: what is typed into a stopped guest goes nowhere, as on a terminal that is switched off.
  } finally {
    socket.resume();
  }
}

function acknowledge(socket: WebSocket, viewer: Viewer, data: Buffer): void {
  try {
    viewer.acknowledge(acknowledgement.parse(JSON.parse(data.toString('utf8'))).acknowledged);
  } catch {
    socket.close(MALFORMED, 'not an acknowledgement');
  }
}
