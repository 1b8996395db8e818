/** The newest part of a serial port as text to look at. The console view shows all of it; this shows the end. */
export interface SerialText {
  append(bytes: Uint8Array): void;
  read(): string;
  clear(): void;
}

// About a screen's worth of long lines; a boot that prints more is read in the console.
const MOST_CHARACTERS = 24_000;

// Terminal control sequences (ECMA-48: CSI and OSC) and control characters other than tab and line feed.
const controls = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b.|[\u0000-\u0008\u000b-\u001f\u007f]/g;

export function createSerialText(): SerialText {
  let decoder = new TextDecoder();
  let text = '';
  return {
    append: (bytes) => {
      text = (text + decoder.decode(bytes, { stream: true })).slice(-MOST_CHARACTERS);
    },
    read: () => text.replace(controls, ''),
    clear: () => {
      decoder = new TextDecoder();
      text = '';
    },
  };
}
