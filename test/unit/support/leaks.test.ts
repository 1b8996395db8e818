import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchForLeaks } from '../../support/leaks.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'petri-leaks-'))));
afterEach(() => rmSync(directory, { recursive: true }));

test('a directory that is as it was passes', () => {
  writeFileSync(join(directory, 'before'), '');
  expect(() => watchForLeaks([directory]).check()).not.toThrow();
});

test('a new file is named', () => {
  const leaks = watchForLeaks([directory]);
  writeFileSync(join(directory, 'new'), '');
  expect(() => leaks.check()).toThrow(/files: .*new/);
});

test('a bound socket is named even when its file is gone', async () => {
  const leaks = watchForLeaks([directory]);
  const server = createServer().listen(join(directory, 'socket'));
  await once(server, 'listening');
  rmSync(join(directory, 'socket'));
  expect(() => leaks.check()).toThrow(/sockets: .*socket/);
  server.close();
});

test('a process that works in the directory is named, and after its end it is not', async () => {
  const leaks = watchForLeaks([directory]);
  const child = spawn('sleep', ['60'], { cwd: directory });
  await once(child, 'spawn');
  expect(() => leaks.check()).toThrow(/processes: \d+ sleep 60/);
  child.kill();
  await once(child, 'exit');
  expect(() => leaks.check()).not.toThrow();
});
