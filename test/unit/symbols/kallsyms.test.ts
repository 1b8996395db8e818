import { describe, expect, it } from 'vitest';
import { kallsyms } from '../../../electron/core/symbols/kallsyms.ts';
import { unpackLz4Legacy } from '../../../electron/core/symbols/lz4Legacy.ts';

interface Layout {
  readonly wordBytes: 4 | 8;
  /** Where offsets and base stand: before the names up to Linux 6.3, behind the tokens from 6.4 on. */
  readonly addresses: 'before' | 'behind';
  /** Whether the order by name stands between markers and tokens. */
  readonly order: boolean;
  readonly base: bigint;
  /** Negative offsets, as CONFIG_KALLSYMS_ABSOLUTE_PERCPU has them. */
  readonly negative: boolean;
}

const symbols = Array.from({ length: 1_500 }, (_, at) => ({ text: `${at % 3 === 0 ? 'T' : 'd'}name_of_a_place_${at}`, offset: 0x40 + at * 0x30 }));

/** The tables as scripts/kallsyms.c writes them; `name_` is one token, all other letters stand for themselves. */
function kernelWith({ wordBytes, addresses, order, base, negative }: Layout): Uint8Array {
  const texts = Array.from({ length: 256 }, (_, code) => (code === 1 ? 'name_' : String.fromCharCode(code < 32 || code > 126 ? 64 : code)));
  const pad = (bytes: Buffer, to: number = wordBytes): Buffer => Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
  const words = (values: readonly number[], bytes: 2 | 4): Buffer => Buffer.concat(values.map((value) => { const word = Buffer.alloc(bytes); word.writeUIntLE(value >>> 0, 0, bytes); return word; }));
  const baseWord = Buffer.alloc(wordBytes);
  if (wordBytes === 8) baseWord.writeBigUInt64LE(base);
  else baseWord.writeUInt32LE(Number(base));
  const names = symbols.map(({ text }) => { const packed = Buffer.from(text.replace('name_', '\u0001'), 'latin1'); return Buffer.concat([Buffer.from([packed.length]), packed]); });
  const starts = names.map((_, at) => names.slice(0, at).reduce((sum, { length }) => sum + length, 0));
  const table = Buffer.from(texts.map((text) => `${text}\0`).join(''), 'latin1');
  const index = texts.map((_, at) => texts.slice(0, at).reduce((sum, { length }) => sum + length + 1, 0));
  const places = [pad(words(symbols.map(({ offset }) => (negative ? -1 - offset : offset)), 4)), baseWord];
  const rest = [pad(words([symbols.length], 4)), pad(Buffer.concat(names)), pad(words(starts.filter((_, at) => at % 256 === 0), 4)), ...(order ? [pad(Buffer.alloc(3 * symbols.length, 5))] : []), pad(table), pad(words(index, 2))];
  return Buffer.concat([Buffer.alloc(4_096, 0x90), ...(addresses === 'before' ? [...places, ...rest] : [...rest, ...places]), Buffer.alloc(512, 0x33)]);
}

const layouts: readonly (Layout & { readonly what: string })[] = [
  { what: '6.1 on x86_64', wordBytes: 8, addresses: 'before', order: true, base: 0xffff_ffff_8100_0000n, negative: true },
  { what: '5.10 on i386', wordBytes: 4, addresses: 'before', order: false, base: 0xc100_0000n, negative: false },
  { what: '6.4 on ARM', wordBytes: 4, addresses: 'behind', order: false, base: 0xc030_0000n, negative: false },
];

describe('the list of its own names that a Linux kernel carries', () => {
  it.each(layouts)('is found and read as Linux $what has it', (layout) => {
    const found = kallsyms(kernelWith(layout), layout.wordBytes);
    expect(found).toHaveLength(symbols.length);
    for (const at of [0, 1, 700, 1_499]) {
      expect(found?.[at]).toMatchObject({ name: `name_of_a_place_${at}`, address: layout.base + BigInt(symbols[at]?.offset ?? 0), kind: at % 3 === 0 ? 'function' : 'object', global: at % 3 === 0 });
    }
  });

  it('is not there in other bytes, nor when its markers say something else than its names', () => {
    const kernel = Buffer.from(kernelWith(layouts[1] as Layout));
    expect(kallsyms(Buffer.alloc(100_000, '0\x001\x002'), 8)).toBeNull();
    const name = kernel.indexOf('of_a_place_300');
    kernel.writeUInt8(kernel.readUInt8(name - 3) + 1, name - 3);
    expect(kallsyms(kernel, 4)).toBeNull();
  });
});

describe('a kernel that is packed with LZ4', () => {
  const frame = (...blocks: Buffer[]): Buffer => Buffer.concat([Buffer.from([0x02, 0x21, 0x4c, 0x18]), ...blocks.flatMap((block) => { const size = Buffer.alloc(4); size.writeUInt32LE(block.length); return [size, block]; })]);

  it('is unpacked: literals, a match that repeats itself, and long lengths', () => {
    // "abc", then 4 + 15 + 2 bytes from 3 before, then 20 literals.
    const block = Buffer.concat([Buffer.from([0x3f]), Buffer.from('abc'), Buffer.from([3, 0, 2]), Buffer.from([0xf0, 5]), Buffer.from('x'.repeat(20))]);
    expect(Buffer.from(unpackLz4Legacy(frame(block), 1_000)).toString()).toBe(`${'abc'.repeat(8)}${'x'.repeat(20)}`);
    // Linux puts the unpacked size behind the last block.
    expect(unpackLz4Legacy(Buffer.concat([frame(block), Buffer.from([44, 0, 0, 0])]), 1_000)).toHaveLength(44);
  });

  it.each([
    ['a match from before its begin', Buffer.from([0x10, 0x61, 9, 0, 0]), /damaged/],
    ['a cut length', Buffer.from([0xf0, 255]), /cut/],
    ['nothing', Buffer.alloc(0), /nothing/],
  ])('is refused with %s', (_what, block, reason) => {
    expect(() => unpackLz4Legacy(frame(block), 1_000)).toThrow(reason);
  });

  it('is refused when it unpacks to more than it may', () => {
    expect(() => unpackLz4Legacy(frame(Buffer.concat([Buffer.from([0xf0, 85]), Buffer.alloc(100)])), 50)).toThrow(/more than 50/);
  });
});
