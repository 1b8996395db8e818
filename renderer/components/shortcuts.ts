/** True where the platform's main modifier is Command. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

interface Chord {
  readonly mod: boolean;
  readonly control: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

/** Reads `Mod+Shift+K`; Mod is Command on Apple's platforms and Control elsewhere. */
function parse(shortcut: string): Chord {
  const parts = shortcut.split('+');
  return { mod: parts.includes('Mod'), control: parts.includes('Ctrl'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key: parts.at(-1) ?? '' };
}

/** The physical key is compared too, since Alt on a Mac and other layouts change what a letter key types. */
function isKey(event: KeyboardEvent, key: string): boolean {
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  return /^[A-Z]$/.test(key) ? event.code === `Key${key}` : /^\d$/.test(key) && event.code === `Digit${key}`;
}

export function matchesShortcut(event: KeyboardEvent, shortcut: string, apple = isApple): boolean {
  const chord = parse(shortcut);
  const wantsMeta = chord.mod && apple;
  const wantsControl = chord.control || (chord.mod && !apple);
  const sameModifiers =
    event.metaKey === wantsMeta && event.ctrlKey === wantsControl && event.altKey === chord.alt && event.shiftKey === chord.shift;
  return sameModifiers && isKey(event, chord.key);
}

const appleNames: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
const otherNames: Readonly<Record<string, string>> = { Mod: 'Ctrl' };

/** The keys of a shortcut as this platform writes them. */
export function shortcutKeys(shortcut: string, apple = isApple): string[] {
  const names = apple ? appleNames : otherNames;
  return shortcut.split('+').map((part) => names[part] ?? part);
}
