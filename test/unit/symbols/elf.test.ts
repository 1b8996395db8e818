import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readElf } from '../../../electron/core/symbols/elfFile.ts';
import { elfSymbols } from '../../../electron/core/symbols/elfSymbols.ts';
import { findSymbol, makeSymbolTable, moveSymbols, nearestSymbol } from '../../../electron/core/symbols/symbolTable.ts';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { declared } from '../../support/declared.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { BUILTIN } from '../../support/qemuGuest.ts';

const draw = drawNumbers('damaged ELF files');
const kernels = ['i386', 'arm'] as const;
const kernel = (architecture: string): Buffer => readFileSync(`${BUILTIN}/built/petri-${architecture}.elf`);
const reasonOf = async (bytes: Uint8Array): Promise<string> => (await declared('SYMBOLS_UNREADABLE', () => elfSymbols(readElf('kernel', bytes)))).details.reason;
const changed = (bytes: Buffer, change: (copy: Buffer) => unknown): Buffer => {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
};
/** The section headers of a 32-bit file, by their type. */
const sectionAt = (elf: Buffer, type: number): number => Array.from({ length: elf.readUInt16LE(48) }, (_, at) => elf.readUInt32LE(32) + at * 40).find((at) => elf.readUInt32LE(at + 4) === type) ?? NaN;

/** A 64-bit file, most significant byte first or last, with two functions. */
function file64(littleEndian: boolean): Buffer {
  const names = Buffer.from('\0first\0second\0.text\0.symtab\0.strtab\0', 'latin1');
  const bytes = Buffer.alloc(0x400);
  const u16 = (at: number, value: number) => (littleEndian ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at));
  const u32 = (at: number, value: number) => (littleEndian ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at));
  const u64 = (at: number, value: bigint) => (littleEndian ? bytes.writeBigUInt64LE(value, at) : bytes.writeBigUInt64BE(value, at));
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  for (const [at, value] of [[16, 2], [18, 62], [58, 64], [60, 4], [62, 3]] as const) u16(at, value);
  u64(24, 0xffff_ffff_8100_0000n);
  u64(40, 0x200n);
  const section = (at: number, name: number, type: number, flags: bigint, address: bigint, offset: bigint, size: bigint, link: number, entry: bigint) => {
    for (const [behind, value] of [[0, name], [4, type], [40, link]] as const) u32(at + behind, value);
    for (const [behind, value] of [[8, flags], [16, address], [24, offset], [32, size], [56, entry]] as const) u64(at + behind, value);
  };
  section(0x240, 14, 1, 6n, 0xffff_ffff_8100_0000n, 0x40n, 0x40n, 0, 0n);
  section(0x280, 20, 2, 0n, 0n, 0x100n, 72n, 3, 24n);
  section(0x2c0, 28, 3, 0n, 0n, 0x180n, BigInt(names.length), 0, 0n);
  for (const [at, name, address] of [[0x118, 1, 0xffff_ffff_8100_0000n], [0x130, 7, 0xffff_ffff_8100_0010n]] as const) {
    u32(at, name);
    bytes.writeUInt8(0x12, at + 4);
    u16(at + 6, 1);
    u64(at + 8, address);
    u64(at + 16, 8n);
  }
  bytes.set(names, 0x180);
  return bytes;
}

describe('the symbols of an ELF file', () => {
  it.each(kernels)('are those that another reader finds in the built-in guest (%s), and each address has its name', (architecture) => {
    const table = elfSymbols(readElf('kernel', kernel(architecture)));
    const other = [...readSymbols(kernel(architecture))].filter(([name]) => name !== '' && !name.startsWith('$') && !name.endsWith('.c') && !name.endsWith('.o'));
    expect(table.byName.size).toBeGreaterThan(200);
    for (const name of ['kernel_step', 'ipc_call', 'memory_fault', 'load_begin']) expect(findSymbol(table, name).address).toBe(BigInt(new Map(other).get(name) ?? NaN));
    const { address, sizeBytes } = findSymbol(table, 'kernel_step');
    expect(nearestSymbol(table, address + sizeBytes - 1n)).toMatchObject({ symbol: { name: 'kernel_step' }, offset: sizeBytes - 1n });
    expect(nearestSymbol(table, 0n)).toBeNull();
    expect(nearestSymbol(table, 0xffff_ffffn)).toBeNull();
  });

  it.each([true, false])('are read of 64 bits and in both byte orders (least first: %s)', (littleEndian) => {
    const table = elfSymbols(readElf('kernel', file64(littleEndian)));
    expect(table.symbols.map(({ name, address, sizeBytes }) => [name, address, sizeBytes])).toEqual([['first', 0xffff_ffff_8100_0000n, 8n], ['second', 0xffff_ffff_8100_0010n, 8n]]);
    // Between the two there is nothing.
    expect(nearestSymbol(table, 0xffff_ffff_8100_0009n)).toBeNull();
    const moved = moveSymbols(table, 0x1200_0000n);
    expect(findSymbol(moved, 'second').address).toBe(0xffff_ffff_9300_0010n);
    expect(nearestSymbol(moved, 0xffff_ffff_9300_0011n)).toMatchObject({ symbol: { name: 'second' }, offset: 1n });
  });

  it('of a name that is not there are answered with those like it', async () => {
    const table = elfSymbols(readElf('kernel', kernel('i386')));
    const { details, fix } = await declared('SYMBOL_UNKNOWN', () => findSymbol(table, 'kernel_stepp'));
    expect(details.near[0]).toBe('kernel_step');
    expect(fix).toBe('Did you mean kernel_step?');
    expect((await declared('SYMBOL_UNKNOWN', () => findSymbol(table, 'zzzzqqqq'))).details.near).toEqual([]);
  });

  it('are refused wherever the file is cut, and nothing else happens', () => {
    for (const architecture of kernels) {
      const whole = kernel(architecture);
      for (let times = 0; times < 200; times++) {
        const cut = whole.subarray(0, draw(0, whole.length - 1));
        expect(() => elfSymbols(readElf('kernel', cut))).toThrow(DeclaredError);
      }
    }
  });

  it('are read or refused, and never worse, when any word of the headers is another', () => {
    const whole = kernel('i386');
    const headers = whole.readUInt32LE(32);
    for (let times = 0; times < 500; times++) {
      const at = draw(0, 1) === 0 ? draw(4, 51) : headers + draw(0, 9 * 40 - 4);
      const broken = changed(whole, (copy) => copy.writeUInt32LE(draw(0, 0xffff_ffff), Math.min(at, copy.length - 4)));
      try {
        elfSymbols(readElf('kernel', broken));
      } catch (error) {
        expect(error).toBeInstanceOf(DeclaredError);
      }
    }
  });

  it('that claim a gigabyte, or an offset that overflows, are refused before room is made for them', async () => {
    const whole = kernel('i386');
    const symbols = sectionAt(whole, 2);
    expect(await reasonOf(changed(whole, (copy) => copy.writeUInt32LE(0x4000_0000, symbols + 20)))).toContain(`the file has ${whole.length}`);
    expect(await reasonOf(changed(whole, (copy) => copy.writeUInt32LE(0xffff_fff0, symbols + 16)))).toContain('cut or damaged');
    expect(await reasonOf(changed(file64(true), (copy) => copy.writeBigUInt64LE(0xffff_ffff_ffff_fff0n, 40)))).toContain('first section');
    // With no number of sections in the header, section 0 has it.
    expect(await reasonOf(changed(changed(file64(true), (copy) => copy.writeUInt16LE(0, 60)), (copy) => copy.writeBigUInt64LE(1n << 40n, 0x220)))).toContain('section table');
  });

  it('in the other byte order than the file says, of an object file, and of no ELF file at all are refused', async () => {
    expect(await reasonOf(changed(kernel('i386'), (copy) => copy.writeUInt8(2, 5)))).toContain('byte order');
    expect(await reasonOf(changed(kernel('i386'), (copy) => copy.writeUInt16LE(1, 16)))).toContain('object file');
    expect(await reasonOf(Buffer.from('MZ'))).toContain('no ELF file');
    expect(await reasonOf(Buffer.alloc(0))).toContain('no ELF file');
  });

  it('that were stripped away are said to be so, with what the file has', async () => {
    const stripped = changed(kernel('i386'), (copy) => copy.writeUInt32LE(0, sectionAt(copy, 2) + 4));
    expect((await declared('SYMBOLS_STRIPPED', () => elfSymbols(readElf('vmkernel', stripped)))).details.found).toContain('.text');
  });

  it('at one address are told by the most telling, and one without a size ends at the next', () => {
    const raw = (name: string, address: bigint, sizeBytes: bigint | null, kind: 'function' | 'label') => ({ name, address, sizeBytes, kind, global: true, limit: null });
    const table = makeSymbolTable('f', [raw('function', 16n, 4n, 'function'), raw('mark', 16n, null, 'label'), raw('open', 32n, null, 'label'), raw('last', 40n, null, 'label')]);
    expect(nearestSymbol(table, 17n)?.symbol.name).toBe('function');
    expect(nearestSymbol(table, 39n)?.symbol.name).toBe('open');
    expect(nearestSymbol(table, 24n)).toBeNull();
    expect(nearestSymbol(table, 40n + 0x1_0000n)).toBeNull();
  });
});
