import type { VerdictName } from '../../contract/published.ts';

/** Emphasis for a terminal; without colour every function returns its text. */
export interface Pen {
  readonly coloured: boolean;
  strong(text: string): string;
  quiet(text: string): string;
  /** Colours the blocks of a bar inside a line. */
  bar(line: string): string;
  verdict(name: VerdictName): string;
}

const verdictColours: Readonly<Record<VerdictName, number>> = { VERIFIED: 32, PLAUSIBLE: 36, NEEDS_VALIDATION: 33, INDETERMINATE: 90 };

export function createPen(coloured: boolean): Pen {
  const paint = (code: number, text: string): string => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    coloured,
    strong: (text) => paint(1, text),
    quiet: (text) => paint(2, text),
    bar: (line) => line.replace(/[█-▏]+/u, (blocks) => paint(36, blocks)),
    verdict: (name) => paint(verdictColours[name], name),
  };
}

/** How many cells a terminal gives a text: two for East Asian wide letters and pictures, none for combining marks. */
export function cells(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(character) && character > '\u00ff' ? 2 : 1;
  }
  return count;
}

/** Columns of equal width, two spaces apart; `alignment` has a letter `l` or `r` for each. */
export function padTable(rows: readonly (readonly string[])[], alignment: string): string[] {
  const widths = Array.from(alignment, (_, column) => Math.max(...rows.map((row) => cells(row[column] ?? ''))));
  return rows.map((row) =>
    Array.from(alignment, (side, column) => {
      const text = row[column] ?? '';
      const space = ' '.repeat((widths[column] ?? 0) - cells(text));
      return side === 'r' ? space + text : text + space;
    }).join('  '),
  );
}

/** Breaks a text at spaces so that no line is wider than `width`; a longer word has a line of its own. */
export function wrap(text: string, width: number, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  // A percent sign stays with its number.
  for (const word of text.replaceAll(/(\d) %/g, '$1\u00a0%').split(' ')) {
    if (!empty && cells(line) + 1 + cells(word) > width) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].map((done) => done.replaceAll('\u00a0', ' '));
}
