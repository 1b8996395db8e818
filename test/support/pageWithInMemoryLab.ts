// Serves the built page with a lab in memory, to look at screens: node test/support/pageWithInMemoryLab.ts [PORT]
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { encodeFrame } from '../../electron/contract/consoleFrame.ts';
import { createInMemoryLab, type InMemoryLab } from './inMemoryLab.ts';

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const page = process.env['PETRI_PAGE'] ?? join(import.meta.dirname, '../../dist/renderer');

// A frame at a time; a page that does not acknowledge is not flooded.
const FRAME_BYTES = 64 * 1024;
const AHEAD_BYTES = 512 * 1024;

function serveConsole(socket: WebSocket, lab: InMemoryLab, id: string, from: number): void {
  const log = lab.consoleOf(id);
  let sent = from;
  let acknowledged = from;
  const push = (): void => {
    while (sent < log.range().end && sent - acknowledged < AHEAD_BYTES) {
      const bytes = log.slice(sent, FRAME_BYTES);
      socket.send(encodeFrame(sent, bytes));
      sent += bytes.length;
    }
  };
  const stop = log.onAppend(push);
  socket.on('close', stop);
  socket.on('message', (data: Buffer, binary) => {
    if (binary) log.append(data);
    else acknowledged = (JSON.parse(data.toString()) as { acknowledged: number }).acknowledged;
    push();
  });
  push();
}

/** Starts the door on 127.0.0.1 and resolves with its address and the way to close it. */
export async function servePageWithInMemoryLab(port = 0): Promise<{ url: string; lab: InMemoryLab; close: () => void }> {
  const lab = createInMemoryLab();
  const rpc = new RPCHandler(lab.router);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(page, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': "default-src 'self'" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/rpc') void rpc.upgrade(socket, { context: {} });
    else serveConsole(socket, lab, url.searchParams.get('id') ?? '', Number(url.searchParams.get('from') ?? '0'));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}/`,
    lab,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

if (import.meta.main) {
  const { url } = await servePageWithInMemoryLab(Number(process.argv[2] ?? '4173'));
  process.stdout.write(`${url}\n`);
}
