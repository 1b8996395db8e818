import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chordsFor } from '../../../electron/core/installations/chords.ts';
import { lastLines, withoutEscapes } from '../../../electron/core/installations/consoleText.ts';
import { hostName, installScript, withValues } from '../../../electron/core/installations/installScript.ts';
import { decodeVgaText, vgaText } from '../../../electron/core/installations/vgaScreen.ts';

describe('the text screen of a VGA card', () => {
  it('is 25 lines in code page 437, whatever the colours are', () => {
    const memory = new Uint8Array(vgaText.bytes).fill(0x07);
    for (let cell = 0; cell < vgaText.bytes; cell += 2) memory[cell] = 0x20;
    const put = (row: number, column: number, codes: number[]): void => codes.forEach((code, at) => (memory[(row * 80 + column + at) * 2] = code));
    put(0, 0, [0x41, 0x80, 0xe1]);
    put(1, 2, [0xda, 0xc4, 0xbf]);
    put(24, 79, [0xdb]);
    const lines = decodeVgaText(memory);
    expect(lines).toHaveLength(25);
    expect([lines[0], lines[1], lines[2], lines[24]]).toEqual(['AÇß', '  ┌─┐', '', `${' '.repeat(79)}█`]);
  });

  it('has one letter for each byte, and none for a byte that there is not', () => {
    for (let code = 1; code < 256; code += 1) {
      const memory = new Uint8Array(vgaText.bytes);
      memory[0] = code;
      memory[2] = 0x78;
      expect(decodeVgaText(memory)[0]).toHaveLength(2);
    }
    expect(decodeVgaText(new Uint8Array(0))).toEqual(Array.from({ length: 25 }, () => ''));
  });
});

describe('what a script reads and types', () => {
  it('presses the keys of a US keyboard by the names that QEMU has for them', () => {
    expect(chordsFor('aZ1! -_/\n')).toEqual([['a'], ['shift', 'z'], ['1'], ['shift', '1'], ['spc'], ['minus'], ['shift', 'minus'], ['slash'], ['ret']]);
    expect(chordsFor('ü')).toEqual([]);
  });

  it('knows of each letter that is left where it stood', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'B', ' ', '\r', '\n', '\u001b[31m', '\u001b[6n', '\u001b]0;title\u0007', '\u001bM')), (parts) => {
        const original = parts.join('');
        const { text, places } = withoutEscapes(original);
        expect(text).toBe(parts.filter((part) => part.length === 1 && part !== '\r').join(''));
        expect(places).toHaveLength(text.length + 1);
        Array.from(text).forEach((letter, index) => expect(original[places[index] ?? -1]).toBe(letter));
        expect(places.at(-1)).toBe(original.length);
      }),
    );
    expect(lastLines('one\r\n\r\n\u001b[1mtwo\u001b[0m  \r\nthree', 2)).toEqual(['two', 'three']);
  });

  it('puts values in, and leaves what has none', () => {
    expect(withValues('{{guest}} and {{other}}', { guest: 'box' })).toBe('box and {{other}}');
    expect([hostName('Mein Gerät 2'), hostName('---'), hostName('x'.repeat(50))]).toEqual(['mein-ger-t-2', 'guest', 'x'.repeat(30)]);
  });

  it('is refused with every field that is wrong', () => {
    const script = { title: 'x', install: [{ title: 'a', expect: { pattern: '(' }, limitSeconds: 0 }], firstBoot: [], verified: null, more: true };
    const issues = installScript.safeParse(script).error?.issues.map(({ path }) => path.join('.')) ?? [];
    expect(issues).toEqual(expect.arrayContaining(['install.0.limitSeconds', '']));
    expect(issues.some((path) => path.startsWith('install.0.expect'))).toBe(true);
  });
});
