import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createNetworkCount } from '../../../electron/host/instruments/networkCount.ts';
import { openQmp } from '../../../electron/host/qemu/qmp.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const ROM = '/usr/lib/ipxe/qemu/pxe-e1000.rom';
const draw = drawNumbers('what a guest sends and receives');

/** Real mode: a write to port 0xf4, at which QEMU is told to end. The rest is never run. */
function endingProgram(bytes: number): Buffer {
  const program = Buffer.alloc(bytes, 0x90);
  Buffer.from([0xba, 0xf4, 0x00, 0xb0, 0x00, 0xee]).copy(program);
  return program;
}

/** The bytes of all packets in a dump that has them whole. */
function dumped(path: string): number {
  const file = readFileSync(path);
  let [at, bytes] = [24, 0];
  for (; at < file.length; at += 16 + file.readUInt32LE(at + 8)) bytes += file.readUInt32LE(at + 8);
  return bytes;
}

/** The firmware of the card loads a program from QEMU's own network and runs it, which ends QEMU: traffic without any system. */
test.skipIf(!hasProgram('qemu-system-i386') || !existsSync(ROM))('what a network card sends and receives in a window is what a whole dump of its packets has', async () => {
  const directory = scratch();
  const size = draw(60_000, 200_000);
  writeFileSync(join(directory, 'program'), endingProgram(size));
  const count = createNetworkCount(directory);
  const server = createServer().listen(join(directory, 'qmp'));
  await once(server, 'listening');
  const connection = once(server, 'connection').then(([socket]) => socket as Socket);
  const whole = (queue: string): string[] => ['-object', `filter-dump,id=whole-${queue},netdev=net0,queue=${queue},file=${join(directory, queue)}`];
  const child = spawn('qemu-system-i386', [
    '-nodefaults', '-accel', 'tcg', '-display', 'none', '-S', '-boot', 'n', '-device', 'isa-debug-exit,iobase=0xf4,iosize=1',
    '-netdev', `user,id=net0,tftp=${directory},bootfile=program`, '-device', `e1000,netdev=net0,romfile=${ROM}`,
    ...count.arguments, ...whole('rx'), ...whole('tx'), '-qmp', `unix:${join(directory, 'qmp')}`,
  ], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    const qmp = await openQmp(await connection);
    await count.begin({ qmp });
    await qmp.execute('cont');
    await ended;
    const counts = await count.end({ qmp });
    expect(counts).toEqual({ bytesSent: dumped(join(directory, 'rx')), bytesReceived: dumped(join(directory, 'tx')) });
    expect(counts?.bytesReceived).toBeGreaterThan(size);
    expect(counts?.bytesReceived).toBeLessThan(size * 1.1 + 5_000);
    // Of each packet one byte was kept.
    expect(readFileSync(join(directory, 'packets-received')).length).toBeLessThan(size / 10);
    await count.dispose();
    expect(existsSync(join(directory, 'packets-received')) || existsSync(join(directory, 'packets-sent'))).toBe(false);
    qmp.close();
  } finally {
    child.kill('SIGKILL');
    server.close();
  }
}, 60_000);
