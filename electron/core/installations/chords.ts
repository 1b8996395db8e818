import { keystrokesFor } from '../consoles/keystrokes.ts';

/** QEMU's names (QKeyCode, qapi/ui.json) of keys that the W3C calls otherwise than by their letter or digit. */
const names: Readonly<Record<string, string>> = {
  Backquote: 'grave_accent', Minus: 'minus', Equal: 'equal', BracketLeft: 'bracket_left', BracketRight: 'bracket_right', Backslash: 'backslash', Semicolon: 'semicolon',
  Quote: 'apostrophe', Comma: 'comma', Period: 'dot', Slash: 'slash', Space: 'spc', Enter: 'ret', Tab: 'tab',
};

function keyName(code: string): string {
  return names[code] ?? code.replace(/^(Key|Digit)/, '').toLowerCase();
}

/** The chords that type a text on a US keyboard; what such a keyboard does not have is left out. */
export function chordsFor(text: string): string[][] {
  return keystrokesFor(text).strokes.map(({ code, shift }) => (shift ? ['shift', keyName(code)] : [keyName(code)]));
}
