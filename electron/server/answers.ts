import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeclaredError, errors, explain, type Failure } from '../contract/errors.ts';

const media = 'application/json; charset=utf-8';

function bodyOf(failure: Failure): string {
  return `${JSON.stringify({ ...failure, ...explain(failure) })}\n`;
}

/** Answers a request with a declared error: its code and details, and the same in words. */
export function answerFailure(response: ServerResponse, failure: Failure): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(errors[failure.code].status, { 'content-type': media, 'cache-control': 'no-store' });
  response.end(bodyOf(failure));
}

/** Answers a request for a WebSocket with a declared error instead. */
export function refuseUpgrade(socket: Duplex, failure: Failure, headers: Readonly<Record<string, string>> = {}): void {
  const { status } = errors[failure.code];
  const body = bodyOf(failure);
  const lines = Object.entries({ ...headers, connection: 'close', 'content-type': media, 'content-length': String(Buffer.byteLength(body)) });
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/** The failure to answer with; what is not declared is logged by the caller through `report` and gets a reference. */
export function failureOf(error: unknown, report: (error: unknown) => string): Failure {
  return error instanceof DeclaredError ? error.failure : { code: 'UNEXPECTED', details: { reference: report(error) } };
}
