import { plainText } from '../../../electron/core/consoles/plainText.ts';

/** The newest part of a serial port as text to look at. The console view shows all of it; this shows the end. */
export interface SerialText {
  append(bytes: Uint8Array): void;
  read(): string;
  clear(): void;
}

// About a screen's worth of long lines; a boot that prints more is read in the console.
const MOST_CHARACTERS = 24_000;

export function createSerialText(): SerialText {
  let decoder = new TextDecoder();
  let text = '';
  return {
    append: (bytes) => {
      text = (text + decoder.decode(bytes, { stream: true })).slice(-MOST_CHARACTERS);
    },
    read: () => text.split('\n').map(plainText).join('\n'),
    clear: () => {
      decoder = new TextDecoder();
      text = '';
    },
  };
}
