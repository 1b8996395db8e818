import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, type Font } from 'fontkit';
import { escapeCharacter } from '../../core/reports/plainText.ts';

/**
 * Fonts of a document, both under the SIL Open Font License: IBM Plex Sans for text, Source Code Pro for commands. They
 * have Latin, Greek and Cyrillic letters and are embedded as subsets.
 */
export interface DocumentFonts {
  /** Font files by PostScript name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The text with every letter that the fonts lack replaced by a visible escape such as `\u{6f22}`. */
  printable(text: string): string;
}

const names = { regular: 'IBMPlexSans-Regular', bold: 'IBMPlexSans-SemiBold', italic: 'IBMPlexSans-Italic', code: 'SourceCodePro-Regular' } as const;

/** Families as a document names them. The PDF library knows a font that was used before by its PostScript name; pictures rely on it. */
export const fontFamilies = {
  Text: { normal: names.regular, bold: names.bold, italics: names.italic, bolditalics: names.bold },
  Code: { normal: names.code, bold: names.code, italics: names.code, bolditalics: names.code },
} as const;

/** Reads the fonts from a directory of the resources. */
export function loadFonts(directory: string): DocumentFonts {
  const files = new Map(Object.values(names).map((name) => [name, readFileSync(join(directory, `${name}.ttf`))] as const));
  const fonts = [...files.values()].map((bytes) => create(bytes) as Font);
  const known = new Map<string, boolean>();
  const isKnown = (character: string): boolean => {
    const found = known.get(character) ?? fonts.every((font) => hasUsableGlyph(font, character.codePointAt(0) ?? 0));
    known.set(character, found);
    return found;
  };
  return { files, printable: (text) => text.replace(/[^\n]/gu, (character) => (isKnown(character) ? character : escapeCharacter(character))) };
}

/** A font may list a glyph whose outline cannot be read (an empty one at the end of its table); it would end the rendering. */
function hasUsableGlyph(font: Font, codePoint: number): boolean {
  try {
    return font.hasGlyphForCodePoint(codePoint) && Number.isFinite(font.glyphForCodePoint(codePoint).advanceWidth);
  } catch {
    return false;
  }
}
