import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeclaredError } from '../../../electron/contract/errors.ts';
import { refuseClockStep } from '../../../electron/core/instruments/clockStep.ts';
import { beginPairing, pairStamps } from '../../../electron/core/instruments/pairStamps.ts';
import { beginTrace, readTrace, type SentBytes, type Uart } from '../../../electron/core/instruments/uartTrace.ts';
import { readClockOffset } from '../../../electron/host/instruments/clockOffset.ts';
import { createRingMemory, ringReader, ringWriter } from '../../../electron/host/instruments/stampRing.ts';

const zero = 1_795_314_573_000_000_000n;

function readAll(uart: Uart, text: string): SentBytes {
  return readTrace(beginTrace(uart), text, zero).sent;
}

const old = (micros: number, address: string, value: string): string => `18326@1795314573.${String(micros).padStart(6, '0')}:serial_write write addr 0x${address} val 0x${value}\n`;
const stepped = expect.objectContaining({ code: 'CLOCK_STEPPED' }) as DeclaredError;

describe('QEMU’s trace of a UART', () => {
  it('is read in the form of QEMU 7.2 to 10', () => {
    expect(readAll('serial', old(19_580, '00', '50') + old(19_645, '00', '65'))).toEqual({ stampsNs: [19_580_000, 19_645_000], values: [0x50, 0x65] });
  });

  it('is read in the form of QEMU 11', () => {
    const text = '2026-11-22T02:29:33.024327Z serial_write [0x00] <- 0x50\n2026-11-22T02:29:34.000001Z serial_write [0x00] <- 0x65\n';
    expect(readAll('serial', text)).toEqual({ stampsNs: [24_327_000, 1_000_001_000], values: [0x50, 0x65] });
  });

  it('of a PL011 is read with and without the register’s name', () => {
    const text = '18334@1795314573.957912:pl011_write addr 0x00000000 value 0x00000050\n18334@1795314573.957942:pl011_write addr 0x000 value 0x00000065 reg DR\n';
    expect(readAll('pl011', text)).toEqual({ stampsNs: [957_912_000, 957_942_000], values: [0x50, 0x65] });
  });

  it('counts no divisor, no other register, no loopback and no other device as a sent byte', () => {
    const text = [
      old(1, '03', '80'), old(2, '00', '01'), old(3, '01', '00'), old(4, '03', '03'), // the speed is set while DLAB is on
      old(5, '04', '1b'), old(6, '00', 'ae'), old(7, '04', '0b'), // a test in loopback mode
      old(8, '02', '07'), old(9, '00', '50'),
      '18334@1795314573.957912:pl011_write addr 0x00000000 value 0x00000050\n', 'qemu: some warning\n', '\n',
    ].join('');
    expect(readAll('serial', text)).toEqual({ stampsNs: [9_000], values: [0x50] });
    expect(readAll('pl011', '1@1795314573.000001:pl011_write addr 0x030 value 0x00000381 reg CR\n1@1795314573.000002:pl011_write addr 0x000 value 0x41 reg DR\n').values).toEqual([]);
  });

  it('of a Linux whose driver gave up waiting and overwrote two bytes does not belong to what came out', () => {
    const text = readFileSync(join(import.meta.dirname, 'fixtures/linux-lost-bytes.trace'), 'utf8');
    const { sent } = readTrace(beginTrace('serial'), text, 1_795_340_704_000_000_000n);
    // Neither the divisor (0x0c) nor the registers that are set up first are bytes.
    expect(sent.values.slice(0, 2)).toEqual([0x5b, 0x20]);
    const lost = String.fromCharCode(...sent.values).replace('m ', '');
    expect(() => pairStamps(beginPairing, sent, Buffer.from(lost), 1e12)).toThrow(expect.objectContaining({ code: 'STAMPS_DISAGREE' }) as DeclaredError);
    expect(pairStamps(beginPairing, sent, Buffer.from(sent.values), 1e12).stamped.stampsNs).toHaveLength(sent.values.length);
  });

  it('is the same however the file was cut into parts', () => {
    const text = Array.from({ length: 20 }, (_, at) => old(at, '00', (0x40 + at).toString(16))).join('');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 })), (lengths) => {
        let state = beginTrace('serial');
        const values: number[] = [];
        let from = 0;
        for (const length of [...lengths, text.length]) {
          const read = readTrace(state, text.slice(from, (from += length)), zero);
          state = read.state;
          values.push(...read.sent.values);
        }
        expect(values).toEqual(Array.from({ length: 20 }, (_, at) => 0x40 + at));
      }),
    );
  });
});

describe('stamps and bytes', () => {
  it('are paired one by one, whichever comes first', () => {
    const first = pairStamps(beginPairing, { stampsNs: [10, 20, 30], values: [1, 2, 3] }, Uint8Array.of(1), 1e6);
    expect([...first.stamped.bytes]).toEqual([1]);
    const second = pairStamps(first.pairing, { stampsNs: [], values: [] }, Uint8Array.of(2, 3, 4), 1e6);
    expect([[...second.stamped.bytes], second.stamped.stampsNs]).toEqual([[2, 3], [20, 30]]);
    const third = pairStamps(second.pairing, { stampsNs: [40], values: [4] }, new Uint8Array(), 1e6);
    expect([[...third.stamped.bytes], third.stamped.stampsNs]).toEqual([[4], [40]]);
  });

  it('with different values do not belong together', () => {
    const pair = () => pairStamps(beginPairing, { stampsNs: [10, 20], values: [1, 2] }, Uint8Array.of(1, 3), 1e6);
    expect(pair).toThrow(expect.objectContaining({ code: 'STAMPS_DISAGREE', details: expect.objectContaining({ byteOffset: 1 }) as unknown }) as DeclaredError);
  });

  it('show that the clock was set: back, before the spawn, or ahead of now', () => {
    const at = (stampsNs: number[]) => () => pairStamps(beginPairing, { stampsNs, values: stampsNs.map(() => 7) }, Uint8Array.from(stampsNs, () => 7), 100e6);
    expect(at([50e6, 40e6])).toThrow(stepped);
    expect(at([-5e6])).toThrow(stepped);
    expect(at([3_600e9])).toThrow(stepped);
    expect(at([50e6, 51e6])).not.toThrow();
  });
});

describe('the two clocks', () => {
  it('show a step of the wall clock and bear the uncertainty of reading them', () => {
    const before = { offsetNs: 1_000_000_000_000n, uncertaintyNs: 1_000 };
    expect(() => refuseClockStep(before, { offsetNs: before.offsetNs + 1_000_000n, uncertaintyNs: 1_000 })).not.toThrow();
    expect(() => refuseClockStep(before, { offsetNs: before.offsetNs - 3_600_000_000_000n, uncertaintyNs: 1_000 })).toThrow(stepped);
    expect(() => refuseClockStep(before, { offsetNs: before.offsetNs + 50_000_000n, uncertaintyNs: 1_000 })).toThrow(stepped);
    expect(() => refuseClockStep(before, { offsetNs: before.offsetNs + 50_000_000n, uncertaintyNs: 60_000_000 })).not.toThrow();
  });

  it('are read well enough to see no step where none is', () => {
    expect(() => refuseClockStep(readClockOffset(), readClockOffset())).not.toThrow();
  });
});

describe('the ring of stamps between threads', () => {
  it('gives each byte the stamp of the chunk it came in, however the chunks were cut on their way', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), fc.array(fc.integer({ min: 1, max: 30 })), (chunks, reads) => {
        const memory = createRingMemory();
        const write = ringWriter(memory);
        const expected: number[] = [];
        for (const [at, length] of chunks.entries()) {
          expected.push(...Array<number>(length).fill(at));
          write(expected.length, at);
        }
        const read = ringReader(memory);
        const stamps: number[] = [];
        for (const length of [...reads, expected.length]) {
          const next = read(stamps.length, Math.min(expected.length, stamps.length + length));
          stamps.push(...(next === 'overflow' ? [NaN] : next));
        }
        expect(stamps).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('says when stamps are missing', () => {
    const memory = createRingMemory();
    ringWriter(memory)(5, 1);
    expect(ringReader(memory)(0, 6)).toBe('overflow');
  });
});
