/** A key by its X keysym (X11/keysymdef.h) and its position (W3C code); QEMU goes by the position. */
export interface Key {
  readonly keysym: number;
  readonly code: string;
}

const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
export const shift: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const XK_F1 = 0xffbe;

function functionKey(number: number): Key {
  return { keysym: XK_F1 + number - 1, code: `F${number}` };
}

/** Keys that are pressed together. */
export interface Chord {
  readonly name: string;
  readonly keys: readonly Key[];
}

/** What the browser or the system of the person would keep for itself. */
export const chords: readonly Chord[] = [
  { name: 'Ctrl+Alt+Del', keys: [control, alt, { keysym: 0xffff, code: 'Delete' }] },
  { name: 'Ctrl+Alt+Backspace', keys: [control, alt, { keysym: 0xff08, code: 'Backspace' }] },
  ...Array.from({ length: 12 }, (_, index) => ({ name: `Ctrl+Alt+F${index + 1}`, keys: [control, alt, functionKey(index + 1)] })),
  { name: 'Alt+Tab', keys: [alt, { keysym: 0xff09, code: 'Tab' }] },
  { name: 'Alt+F4', keys: [alt, functionKey(4)] },
  { name: 'Ctrl+Esc', keys: [control, { keysym: 0xff1b, code: 'Escape' }] },
  { name: 'Escape', keys: [{ keysym: 0xff1b, code: 'Escape' }] },
  { name: 'F12', keys: [functionKey(12)] },
  { name: 'Print Screen', keys: [{ keysym: 0xff61, code: 'PrintScreen' }] },
  { name: 'Super', keys: [{ keysym: 0xffeb, code: 'MetaLeft' }] },
  { name: 'Ctrl+]', keys: [control, { keysym: 0x5d, code: 'BracketRight' }] },
];
