// Run as a program in QEMU's place: a machine whose serial port prints numbered lines as fast as it is told.
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { numberedLines } from './numberedLines.ts';

const args = process.argv.slice(2).join(' ');
const pathOf = (id: string): string => new RegExp(`id=${id},path=([^,]*)`).exec(args)?.[1] ?? '';
const wordOf = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(args)?.[1] ?? 0);

const TURN_MS = 10;
const BLOCK_BYTES = 64 * 1024;
const [bytes, bytesPerSecond] = [wordOf('feed'), wordOf('rate')];

/** Prints with a client's backpressure, as QEMU does; without a rate as fast as the client takes it. */
async function feed(port: Socket): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < bytes; ) {
    const due = bytesPerSecond === 0 ? sent + BLOCK_BYTES : ((performance.now() - began) / 1_000) * bytesPerSecond;
    const end = Math.min(bytes, Math.floor(due));
    if (end > sent && !port.write(numberedLines(sent, end))) await once(port, 'drain');
    sent = Math.max(sent, end);
    // The rate is that of a wire, which has its own time.
    if (bytesPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
}

// QEMU's own record of the port; the lab reads it only after a lab before it has died.
for (const [, path] of args.matchAll(/logfile=([^, ]*)/g)) writeFileSync(path ?? '', '');

const serial = createServer().listen(pathOf('serial0'));
const viewer = once(serial, 'connection') as Promise<[Socket]>;
const monitor = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.write(`${JSON.stringify({ QMP: { version: { qemu: { major: 8, minor: 2, micro: 0 } }, capabilities: [] } })}\n`);
  let unread = '';
  socket.on('data', (chunk) => {
    const lines = (unread + chunk.toString()).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.trim() !== '')) {
      const { execute, id } = JSON.parse(line) as { execute: string; id?: unknown };
      const answer = execute === 'query-status' ? { status: 'running' } : {};
      socket.write(`${JSON.stringify({ return: answer, id })}\n`);
      if (execute === 'cont') void viewer.then(([port]) => feed(port));
    }
  });
});
monitor.listen(pathOf('qmp'));
