/** The lines that were typed before, walked through as in a shell: what is being typed is the last of them. */
export interface LineHistory {
  /** Adds a line that was carried out; the walk begins anew at the end. */
  push(line: string): void;
  /** The line before, or null at the first; `current` is what stands in the field now. */
  earlier(current: string): string | null;
  /** The line after, or null when what is being typed stands there already. */
  later(): string | null;
}

const MOST_LINES = 500;

export function createLineHistory(before: readonly string[]): LineHistory {
  let lines = withoutRepeats(before);
  let at = lines.length;
  let draft = '';
  return {
    push(line) {
      lines = withoutRepeats([...lines, line]);
      at = lines.length;
      draft = '';
    },
    earlier(current) {
      if (at === 0) return null;
      if (at === lines.length) draft = current;
      at -= 1;
      return lines[at] ?? null;
    },
    later() {
      if (at === lines.length) return null;
      at += 1;
      return at === lines.length ? draft : (lines[at] ?? null);
    },
  };
}

function withoutRepeats(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== lines[index - 1]).slice(-MOST_LINES);
}

/** The longest beginning that all words have. */
export function commonBeginning(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) {
    while (!word.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}
