import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DeclaredError } from '../../contract/errors.ts';
import { METRICS_TYPE } from '../../core/history/metricsText.ts';
import { LOOPBACK } from '../network/freePort.ts';
import { ownerOfPort } from '../network/portOwner.ts';

/** One collector asks every few seconds; more at once are a fault or a flood. */
const MOST_CONNECTIONS = 16;
/** Of a request's header; it has a few lines. */
const HEADER_LIMIT_MS = 5_000;

export const METRICS_PATH = '/metrics';

/**
 * Serves a text at `/metrics` on a port of 127.0.0.1 until the answered function is called, which ends its connections
 * too. A request must name the address, or `localhost`, which no name server can point elsewhere: the page of a rebound name gets nothing. Rejects with PORT_TAKEN.
 */
export async function listenForMetrics(port: number, text: () => string): Promise<() => Promise<void>> {
  const server = createServer({ headersTimeout: HEADER_LIMIT_MS, requestTimeout: HEADER_LIMIT_MS }, (request, response) => answer(request, response, hostsOf(port), text));
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, LOOPBACK);
  await once(server, 'listening').catch(async (error: unknown) => {
    throw await portFailure(error, port);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** A client leaves out the port of its scheme. */
function hostsOf(port: number): [address: string, ...others: string[]] {
  const withPort = (name: string): string => (port === 80 ? name : `${name}:${port}`);
  return [withPort(LOOPBACK), withPort('localhost')];
}

function answer(request: IncomingMessage, response: ServerResponse, hosts: ReturnType<typeof hostsOf>, text: () => string): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };
  const refusal = whyRefused(request, hosts);
  if (refusal !== null) send(refusal.status, 'text/plain; charset=utf-8', `${refusal.words}\n`);
  else send(200, METRICS_TYPE, request.method === 'HEAD' ? '' : text());
}

function whyRefused(request: IncomingMessage, hosts: ReturnType<typeof hostsOf>): { readonly status: number; readonly words: string } | null {
  if (!hosts.includes(request.headers.host ?? '')) return { status: 403, words: `Ask for http://${hosts[0]}${METRICS_PATH} by this very address.` };
  if (request.url?.replace(/\?.*$/s, '') !== METRICS_PATH) return { status: 404, words: `There is only ${METRICS_PATH}.` };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, words: 'It can only be read.' };
  return null;
}

async function portFailure(error: unknown, port: number): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EACCES') return new DeclaredError('PORT_TAKEN', { address: LOOPBACK, port, owner: 'the system: ports below 1024 are not for users' });
  return code === 'EADDRINUSE' ? new DeclaredError('PORT_TAKEN', { address: LOOPBACK, port, owner: await ownerOfPort(port) }) : error;
}
