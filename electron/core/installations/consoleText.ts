/** Text without terminal escape sequences, and where each of its characters stood before. */
export interface PlainText {
  readonly text: string;
  /** The index in the original of each character, and one more for the end. */
  readonly places: readonly number[];
}

// ECMA-48: CSI sequences, OSC strings, and the two-character ones.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** Takes away what moves the cursor or colours the letters, so that a script sees what a person reads. */
export function withoutEscapes(original: string): PlainText {
  const places: number[] = [];
  let text = '';
  let from = 0;
  const keep = (to: number): void => {
    for (let index = from; index < to; index += 1) {
      const letter = original.charAt(index);
      // A terminal's line ends are CR LF; a script's are LF alone.
      if (letter === '\r' || letter === '\0') continue;
      text += letter;
      places.push(index);
    }
  };
  for (const match of original.matchAll(escapes)) {
    keep(match.index);
    from = match.index + match[0].length;
  }
  keep(original.length);
  return { text, places: [...places, original.length] };
}

/** The last lines that have something in them. */
export function lastLines(text: string, count: number): string[] {
  return withoutEscapes(text).text.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '').slice(-count);
}
