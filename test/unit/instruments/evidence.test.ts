import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEvidenceReader } from '../../../electron/host/instruments/evidence.ts';
import { createTraceIndex } from '../../../electron/core/traces/traceIndex.ts';
import { scratch } from '../../support/scratch.ts';

const EVENTS = 10_000;

/** A trace of address space loads with the event's number as its address, a name and totals between them (resources/plugin/records.h). */
function trace(events = EVENTS): Buffer {
  const header = Buffer.alloc(64);
  header.write('PETRITRC');
  header.writeUInt16LE(1, 8);
  header.writeUInt16LE(64, 10);
  header.writeUInt16LE(1, 12);
  const record = (kind: number, bytes: number, detail: number): Buffer => {
    const one = Buffer.alloc(bytes);
    one.writeUInt8(kind, 0);
    one.writeUInt16LE(bytes, 2);
    one.writeUInt32LE(detail, 4);
    return one;
  };
  const name = record(12, 96, 7);
  name.writeBigUInt64LE(0x1000n, 24);
  name.write('late_symbol', 32);
  const parts = [header, name, record(10, 24, 1)];
  for (let at = 0; at < events; at++) {
    if (at % 1_000 === 999) parts.push(record(11, 80, 0));
    const one = record(4, 32, 0);
    one.writeBigUInt64LE(BigInt(at * 1_000), 8);
    one.writeBigUInt64LE(BigInt(at), 24);
    parts.push(one);
  }
  parts.push(record(5, 32, 7));
  return Buffer.concat(parts);
}

function file(bytes: Uint8Array): string {
  const path = join(scratch(), 'trace');
  writeFileSync(path, bytes);
  return path;
}

describe('pages of a kept trace', () => {
  it('begin at any event, and know how many there are', async () => {
    const path = file(trace());
    const reader = createEvidenceReader();
    for (const offset of [0, 1, 4_095, 4_096, 4_097, 8_192, 9_998]) {
      const page = await reader.trace(path, { offset, limit: 2 });
      expect(page.total).toBe(EVENTS + 1);
      expect(page.lines, String(offset)).toEqual([offset, offset + 1].map((at) => expect.stringContaining(`space 0x${at.toString(16)}`) as string));
    }
    expect((await reader.trace(path, { offset: EVENTS, limit: 5 })).lines).toEqual([expect.stringContaining('late_symbol') as string]);
    expect((await reader.trace(path, { offset: EVENTS + 1, limit: 5 })).lines).toEqual([]);
  });

  it('find what is searched for, whatever the case, and stop at the page', async () => {
    const reader = createEvidenceReader();
    const path = file(trace());
    expect(await reader.trace(path, { offset: 0, limit: 5, search: 'LATE_symbol' })).toEqual({ total: 1, lines: [expect.stringContaining('late_symbol')] });
    expect(await reader.trace(path, { offset: 2, limit: 3, search: 'space' })).toMatchObject({ total: 6, lines: { length: 3 } });
    expect(await reader.trace(path, { offset: 0, limit: 5, search: 'nothing' })).toEqual({ total: 0, lines: [] });
  });

  it('go on as far as a damaged or cut trace is whole', async () => {
    const whole = trace(100);
    const reader = createEvidenceReader();
    expect((await reader.trace(file(whole.subarray(0, whole.length - 40)), { offset: 0, limit: 1_000 })).lines).toHaveLength(99);
    const damaged = Buffer.concat([whole, Buffer.alloc(200, 0xff)]);
    expect(await reader.trace(file(damaged), { offset: 99, limit: 10 })).toMatchObject({ total: 101, lines: { length: 2 } });
  });

  it('are aborted by who asked', async () => {
    await expect(createEvidenceReader().trace(file(trace(10)), { offset: 0, limit: 1, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('of a log are its lines, none of them longer than a page can take', async () => {
    const path = file(Buffer.from(`one\r\ntwo\n${'x'.repeat(9_000)}\nfour`));
    const reader = createEvidenceReader();
    expect(await reader.text(path, { offset: 1, limit: 1 })).toEqual({ total: 3, lines: ['two'] });
    const all = await reader.text(path, { offset: 0, limit: 100 });
    expect(all.total).toBe(4);
    expect(all.lines[2]).toHaveLength(2_000);
  });
});

describe('an index of a trace', () => {
  it('is the same whether its bytes come whole or in pieces', () => {
    const bytes = trace(5_000);
    const [whole, pieces] = [createTraceIndex(), createTraceIndex()];
    whole.take(bytes);
    for (let at = 0; at < bytes.length; at += 37) pieces.take(bytes.subarray(at, at + 37));
    expect([pieces.events, pieces.bytes, pieces.before(4_500)]).toEqual([whole.events, whole.bytes, whole.before(4_500)]);
    expect(whole.before(4_500).event).toBe(4_096);
    expect(whole.preamble()).toHaveLength(2);
  });
});
