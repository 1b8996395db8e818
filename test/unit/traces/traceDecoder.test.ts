import { expect, test } from 'vitest';
import { createTraceDecoder } from '../../../electron/core/traces/traceDecoder.ts';
import { traceLine } from '../../../electron/core/traces/traceLine.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';

const draw = drawNumbers('pieces of traces');

/** Bytes of a trace, written as resources/plugin/records.h says. */
function header(architecture = 1, version = 1): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('PETRITRC', 'latin1');
  for (const [at, value] of [[8, version], [10, 64], [12, architecture], [14, 1], [16, 1], [18, 2]] as const) bytes.writeUInt16LE(value, at);
  bytes.writeBigUInt64LE(1_000n, 24);
  bytes.writeBigUInt64LE(2_000n, 32);
  bytes.writeBigUInt64LE(3_000n, 40);
  return bytes;
}

interface Fields {
  readonly kind: number;
  readonly detail?: number;
  readonly instructions?: bigint;
  readonly words?: readonly bigint[];
  readonly tail?: Uint8Array;
}

function record({ kind, detail = 0, instructions = 7n, words = [], tail = new Uint8Array(0) }: Fields): Buffer {
  const bytes = Buffer.alloc(24 + 8 * words.length + tail.length);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt16LE(bytes.length, 2);
  bytes.writeUInt32LE(detail, 4);
  bytes.writeBigUInt64LE(1_500n, 8);
  bytes.writeBigUInt64LE(instructions, 16);
  for (const [at, word] of words.entries()) bytes.writeBigUInt64LE(word, 24 + 8 * at);
  bytes.set(tail, 24 + 8 * words.length);
  return bytes;
}

const MESSAGE = Uint8Array.from({ length: 32 }, (_, at) => at);
const call = record({ kind: 1, detail: 0x2_2100, words: [0x115000n, 0n, 1n, 2n, 3n, 4n, 5n, 6n], tail: MESSAGE });
const back = record({ kind: 2, words: [0x115000n, 0n, 0xffff_ffffn], tail: new Uint8Array(32) });
const fault = record({ kind: 3, detail: 6, words: [0x115000n, 0n, 0x8010_0000n, 0x10_8400n] });
const name = record({ kind: 12, detail: 3, words: [0x10_83c0n], tail: Buffer.from('load_begin'.padEnd(64, '\0')) });
const symbol = record({ kind: 5, detail: 3, words: [2n], instructions: 0xffff_ffff_ffff_ffffn });
const profile = record({ kind: 7, detail: 2, words: [1n, 2n, 3n, 4n, 5n] });
const cut = record({ kind: 9, detail: 28, words: [4096n] });
const window = record({ kind: 10, detail: 1 });
const totals = record({ kind: 11, detail: 1, words: [100n, 5n, 4n, 3n, 2n, 1n, 9n] });
const ALL = Buffer.concat([header(), name, window, call, back, fault, symbol, profile, cut, totals]);

test('every kind of record becomes the event that it says', () => {
  const decoder = createTraceDecoder();
  const stamp = { vcpu: 1, atNs: 1_500, instructions: 7 };
  const context = { space: 0x115000n, thread: 0n };
  expect(decoder.take(ALL)).toEqual([
    { kind: 'call', ...stamp, entry: { kind: 'int', vector: 0x21 }, context, registers: { eax: 1n, ebx: 2n, ecx: 3n, edx: 4n, esi: 5n, edi: 6n }, message: MESSAGE },
    { kind: 'return', ...stamp, context, result: 0xffff_ffffn, message: null },
    { kind: 'fault', ...stamp, context, address: 0x8010_0000n, protection: false, write: true, user: true, execute: false, instruction: 0x10_8400n },
    { kind: 'symbol', ...stamp, instructions: null, symbol: 'load_begin', hits: 2 },
    { kind: 'profile', ...stamp, context: { space: 1n, thread: 2n }, address: 3n, callers: [4n, 5n] },
    { kind: 'cut', ...stamp, limitBytes: 4096, errno: 28 },
  ]);
  expect(decoder.header()).toEqual({ version: 1, architecture: 'i386', level: 1, vcpus: 2, wallNs: 1_000n, monotonicNs: 2_000n, limitBytes: 3_000 });
  expect(decoder.totals()).toEqual({ instructions: 100, calls: 5, returns: 4, faults: 3, spaceLoads: 2, interrupts: 1, dropped: 9 });
  expect(decoder.isWhole()).toBe(true);
  expect(decoder.marks()).toEqual([{ open: true, atNs: 1_500, offset: 64 + name.length }]);
  expect(decoder.pending()).toBe(0);
});

test('a trace in pieces of any size is the same trace', () => {
  const whole = createTraceDecoder().take(ALL);
  for (let round = 0; round < 50; round += 1) {
    const decoder = createTraceDecoder();
    const events = [];
    for (let at = 0; at < ALL.length; ) {
      const length = draw(1, 60);
      // The chunk's memory is used again, as a reader of files does.
      const chunk = Buffer.from(ALL.subarray(at, at + length));
      events.push(...decoder.take(chunk));
      chunk.fill(0xff);
      at += length;
    }
    expect(events).toEqual(whole);
    expect(decoder.damage()).toBeNull();
  }
});

test('registers have the names of the architecture and of the width of the code', () => {
  const wide = record({ kind: 1, detail: 0x1_0002, words: [0n, 0n, 1n, 2n, 3n, 4n, 5n, 6n], tail: MESSAGE });
  const arm = record({ kind: 1, detail: 0x4_0003, words: [0n, 0n, 1n, 2n, 3n, 4n, 5n, 6n], tail: MESSAGE });
  expect(createTraceDecoder().take(Buffer.concat([header(2), wide]))).toMatchObject([{ entry: { kind: 'syscall' }, registers: { rax: 1n, rdi: 2n, rsi: 3n, rdx: 4n, r10: 5n, r8: 6n } }]);
  const [event] = createTraceDecoder().take(Buffer.concat([header(3), arm]));
  expect(event).toMatchObject({ entry: { kind: 'svc' }, registers: { r0: 1n, r7: 5n }, message: null });
  expect(event).not.toHaveProperty('registers.sp');
});

test('the end of a fault has how long its handler took, and a kernel that moved itself how far', () => {
  const resume = record({ kind: 13, detail: 6, words: [0x5000n, 0x8010_0000n, 0x1088n, 200n, 30n] });
  const uncounted = record({ kind: 13, words: [0x5000n, 0x8010_0000n, 0x1088n, 200n, 0xffff_ffff_ffff_ffffn] });
  const moved = record({ kind: 14, words: [0xffff_ffff_f000_0000n] });
  const [first, second, third] = createTraceDecoder().take(Buffer.concat([header(1, 2), resume, uncounted, moved]));
  const { atNs, instructions } = first ?? { atNs: 0, instructions: 0 };
  expect(first).toMatchObject({ kind: 'resume', space: 0x5000n, address: 0x8010_0000n, instruction: 0x1088n, latencyNs: atNs - 200, latencyInstructions: (instructions ?? 0) - 30 });
  expect(second).toMatchObject({ kind: 'resume', latencyInstructions: null });
  expect(third).toMatchObject({ kind: 'moved', distance: 0xffff_ffff_f000_0000n });
});

test.each([
  ['no trace', Buffer.alloc(64), 0, /does not begin/],
  ['a newer trace', header(1, 4), 0, /version 4, and this Petri reads the versions 1, 2 and 3/],
  ['another architecture', header(9), 0, /header is damaged/],
  ['a kind that does not exist', Buffer.concat([header(), call, record({ kind: 99 })]), 64 + call.length, /kind 99/],
  ['a record of the wrong length', Buffer.concat([header(), record({ kind: 4, words: [1n, 2n] })]), 64, /40 bytes/],
  ['a profile with more callers than bytes', Buffer.concat([header(), record({ kind: 7, detail: 3, words: [1n, 2n, 3n] })]), 64, /kind 7/],
] as const)('%s is said with its place, and nothing behind it is read', (_what, bytes, offset, reason) => {
  const decoder = createTraceDecoder();
  const before = decoder.take(bytes).length;
  expect(decoder.damage()).toEqual({ offset, reason: expect.stringMatching(reason) as string });
  expect(decoder.take(call)).toEqual([]);
  expect(before).toBe(offset > 64 ? 1 : 0);
});

test('a record that is cut off is waited for', () => {
  const decoder = createTraceDecoder();
  expect(decoder.take(Buffer.concat([header(), call.subarray(0, 50)]))).toEqual([]);
  expect(decoder.pending()).toBe(50);
  expect(decoder.take(call.subarray(50))).toHaveLength(1);
});

test('an event is a line that a person can read', () => {
  const lines = createTraceDecoder().take(ALL).map(traceLine);
  expect(lines[0]).toBe('1.500 µs cpu1 #7 call int 0x21 space 0x115000 eax=0x1 ebx=0x2 ecx=0x3 edx=0x4 esi=0x5 edi=0x6 message 03020100 07060504 0b0a0908 0f0e0d0c 13121110 17161514 1b1a1918 1f1e1d1c');
  expect(lines.slice(1)).toEqual([
    '1.500 µs cpu1 #7 return 0xffffffff space 0x115000',
    '1.500 µs cpu1 #7 fault 0x80100000 absent write user at 0x108400 space 0x115000',
    '1.500 µs cpu1 symbol load_begin hit 2',
    '1.500 µs cpu1 #7 at 0x3 < 0x4 < 0x5 space 0x1 thread 0x2',
    '1.500 µs cpu1 #7 cut after 4096 bytes: the disk took no more (error 28)',
  ]);
});
