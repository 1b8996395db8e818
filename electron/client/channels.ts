import { request } from 'node:http';
import { createConnection } from 'node:net';
import { WebSocket } from 'ws';
import { DeclaredError, failure } from '../contract/errors.ts';

/** The largest frame that a lab sends: a page of a console, a report. */
const LARGEST_FRAME = 64 * 1024 * 1024;

/**
 * Opens a raw channel of the lab behind a socket: `rpc`, `console?id=ID&from=OFFSET`, or `screen?guest=ID`. Rejects with LAB_UNREACHABLE
 * when nobody listens, and with the declared error that the lab answers.
 */
export function openChannel(socketPath: string, channel: string): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  // `createConnection` leads Node's client to the socket; the host name says nothing there.
  const options = { createConnection: () => createConnection({ path: socketPath }), perMessageDeflate: false, maxPayload: LARGEST_FRAME };
  const socket = new WebSocket(`ws://lab/${channel}`, options);
  socket.on('open', () => {
    holdUntilHeard(socket);
    resolve(socket);
  });
  socket.on('error', (error) => reject(unreachable(socketPath, error.message)));
  socket.on('unexpected-response', (_request, response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => (text += part));
    response.on('end', () => reject(refusal(socketPath, text)));
  });
  return promise;
}

/** The lab sends at once, and whoever asked for the channel listens a moment later: no frame is read before that. */
function holdUntilHeard(socket: WebSocket): void {
  socket.pause();
  const release = (event: string | symbol): void => {
    if (event !== 'message') return;
    socket.off('newListener', release);
    // After this turn, so that the listener that is being added hears the first frame.
    setImmediate(() => socket.resume());
  };
  socket.on('newListener', release);
}

export function unreachable(socketPath: string, reason: string): DeclaredError {
  return new DeclaredError('LAB_UNREACHABLE', { socket: socketPath, reason });
}

function refusal(socketPath: string, body: string): DeclaredError {
  try {
    const { code, details } = failure.parse(JSON.parse(body));
    return new DeclaredError(code, details);
  } catch {
    return unreachable(socketPath, `it answered: ${body.slice(0, 200)}`);
  }
}

/** Whether a lab listens on the socket. */
export function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath, path: '/' }, (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
    probe.end();
  });
}
