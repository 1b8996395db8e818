/*
 * Text as keys of a US keyboard, which is what firmware and fresh systems assume. Codes are those of the W3C (UI Events
 * KeyboardEvent code values): positions of keys, from which a screen's viewer gets the scan code.
 */

/** One key, with Shift held or not. */
export interface Keystroke {
  readonly code: string;
  readonly shift: boolean;
}

/** Two characters for each key: alone and with Shift. */
const keys: Readonly<Record<string, string>> = {
  Backquote: '`~', Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:', Quote: '\'"', Comma: ',<', Period: '.>',
  Slash: '/?', Digit1: '1!', Digit2: '2@', Digit3: '3#', Digit4: '4$', Digit5: '5%', Digit6: '6^', Digit7: '7&', Digit8: '8*', Digit9: '9(', Digit0: '0)',
};

const letters = Array.from('abcdefghijklmnopqrstuvwxyz').map((letter): [string, string] => [`Key${letter.toUpperCase()}`, letter + letter.toUpperCase()]);

const strokes = new Map<string, Keystroke>([
  [' ', { code: 'Space', shift: false }],
  ['\n', { code: 'Enter', shift: false }],
  ['\t', { code: 'Tab', shift: false }],
  ...[...Object.entries(keys), ...letters].flatMap(([code, [alone = '', shifted = '']]): [string, Keystroke][] => [
    [alone, { code, shift: false }],
    [shifted, { code, shift: true }],
  ]),
]);

/** The keys that type a text, and the characters for which there is none. */
export function keystrokesFor(text: string): { readonly strokes: Keystroke[]; readonly missing: string[] } {
  const characters = Array.from(text.replaceAll(/\r\n?/g, '\n'));
  const missing = [...new Set(characters.filter((character) => !strokes.has(character)))];
  return { missing, strokes: characters.map((character) => strokes.get(character)).filter((stroke) => stroke !== undefined) };
}
