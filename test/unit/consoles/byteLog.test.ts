import { appendFileSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConsoleLog } from '../../../electron/core/consoles/consoleLog.ts';
import { openByteLog } from '../../../electron/host/consoles/byteLog.ts';
import { scratch } from '../../support/scratch.ts';

const MEGABYTE = 1_000_000;
const keepAll = { retentionBytes: () => 100 * MEGABYTE };
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Reads to the end, and fails where bytes are missing. */
function readAll(log: ConsoleLog, from = 0): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = from; at < log.end; ) {
    const { offset, bytes: part } = log.read(at, 64 * 1024);
    expect(offset).toBe(at);
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

describe('a byte log', () => {
  test('gives back what was appended, byte for byte, at its offsets', () => {
    const log = openByteLog(scratch(), keepAll);
    log.append(bytes('MINIX '), 1_000);
    log.append(Uint8Array.of(0xff, 0x1b, 0x00, 0xc3), 1_001);
    expect(readAll(log)).toEqual(Buffer.concat([bytes('MINIX '), Uint8Array.of(0xff, 0x1b, 0x00, 0xc3)]));
    expect(log.read(2, 3).bytes).toEqual(Buffer.from('NIX'));
    expect(log.read(10, 5)).toEqual({ offset: 10, bytes: new Uint8Array(0) });
    log.dispose();
  });

  test('goes on where it was when it is opened again', () => {
    const directory = scratch();
    const before = openByteLog(directory, keepAll);
    before.append(bytes('before'), 1_000);
    before.dispose();
    const after = openByteLog(directory, keepAll);
    expect(after.end).toBe(6);
    after.append(bytes(' and after'), 2_000);
    expect(readAll(after).toString()).toBe('before and after');
    expect(after.marks(0, 100)).toEqual([
      { offset: 0, atMs: 1_000 },
      { offset: 6, atMs: 2_000 },
    ]);
    after.dispose();
  });

  test('drops the oldest bytes when it is longer than its retention, and shows the gap', () => {
    const log = openByteLog(scratch(), { retentionBytes: () => MEGABYTE });
    const line = Buffer.alloc(10_000, 'x');
    for (let index = 0; index < 300; index += 1) log.append(line, index);
    expect(log.end).toBe(3 * MEGABYTE);
    expect(log.end - log.first).toBeGreaterThan(0.8 * MEGABYTE);
    expect(log.end - log.first).toBeLessThanOrEqual(1.1 * MEGABYTE);
    expect(log.read(0, 10).offset).toBe(log.first);
    expect(readAll(log, log.first).length).toBe(log.end - log.first);
    log.dispose();
  });

  test('repairs a mark that a crash left torn, and one that points behind the end', () => {
    const directory = scratch();
    const before = openByteLog(directory, keepAll);
    before.append(Buffer.alloc(1_000, 'a'), 1_000);
    before.append(Buffer.alloc(1_000, 'b'), 2_000);
    before.dispose();
    const [file = '', marks = ''] = readdirSync(directory).sort().map((name) => join(directory, name));
    truncateSync(file, 900);
    appendFileSync(marks, 'torn');
    const after = openByteLog(directory, keepAll);
    expect(after.end).toBe(900);
    after.append(bytes('c'), 3_000);
    expect(after.marks(0, 2_000)).toEqual([
      { offset: 0, atMs: 1_000 },
      { offset: 900, atMs: 3_000 },
    ]);
    after.dispose();
    const again = openByteLog(directory, keepAll);
    expect(again.marks(0, 2_000)).toHaveLength(2);
    again.dispose();
  });

  test('marks few bytes of a flood and the first one after a pause', () => {
    const log = openByteLog(scratch(), keepAll);
    for (let index = 0; index < 1_000; index += 1) log.append(bytes('0123456789'), 5_000 + index / 10);
    expect(log.marks(0, log.end).length).toBeLessThan(12);
    log.append(bytes('p'), 9_000);
    expect(log.markAt(log.end)).toEqual({ offset: 10_000, atMs: 9_000 });
    expect(log.markAt(5)).toEqual({ offset: 0, atMs: 5_000 });
    log.dispose();
  });

  test('keeps its order by offset when the clock is set back', () => {
    const log = openByteLog(scratch(), keepAll);
    log.append(bytes('late'), 10_000);
    log.append(bytes('early'), 4_000);
    expect(log.marks(0, 100)).toEqual([
      { offset: 0, atMs: 10_000 },
      { offset: 4, atMs: 4_000 },
    ]);
    log.dispose();
  });

  test('goes on without what cannot be stored, reports it once, and shows the gap', () => {
    const directory = scratch();
    const losses: unknown[] = [];
    const log = openByteLog(directory, { retentionBytes: () => MEGABYTE, onLoss: (error) => losses.push(error) });
    log.append(Buffer.alloc(70_000, 'a'), 1_000);
    rmSync(directory, { recursive: true });
    log.append(Buffer.alloc(10, 'b'), 2_000);
    log.append(Buffer.alloc(10, 'c'), 3_000);
    expect(losses).toHaveLength(1);
    expect(log.end).toBe(70_020);
    mkdirSync(directory);
    log.append(bytes('d'), 4_000);
    expect(log.read(70_000, 100)).toEqual({ offset: 70_020, bytes: Buffer.from('d') });
    expect(log.read(0, 10)).toEqual({ offset: 70_020, bytes: Buffer.from('d') });
    log.dispose();
  });
});
