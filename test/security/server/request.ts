import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose path and headers are sent exactly as they are given, as `fetch` would not. */
export function send(port: number, path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Sends so many requests at once over one connection, and gives all answers as text. */
export function sendFlood(port: number, count: number): Promise<string> {
  const asked = `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
  const last = asked.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n');
  return new Promise((resolve, reject) => {
    let answers = '';
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(asked.repeat(count - 1) + last));
    socket.on('data', (bytes) => (answers += bytes.toString()));
    socket.on('end', () => resolve(answers));
    socket.on('error', reject);
  });
}

/** The code of a refusal. */
export function codeOf({ body }: Answer): unknown {
  return (JSON.parse(body) as { code?: unknown }).code;
}

/** Asks for a WebSocket: the open one, or the refusal. */
export function ask(address: string, headers: Record<string, string>): Promise<WebSocket | Answer> {
  const socket = new WebSocket(address, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}

/** The code with which the other side closes. */
export function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', (code) => resolve(code)));
}
