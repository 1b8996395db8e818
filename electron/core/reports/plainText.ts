import type { Report } from '../../contract/reports.ts';

/**
 * Text from outside as something to read: what a terminal or a page would act upon (control characters, marks that turn
 * the direction of writing, halves of characters) becomes visible as an escape. Letters of every language stay.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `\n`, `\x1b` or `\u{202e}`: as programmers write it, in letters that every font has. */
export function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** The same for every text inside a value, keys apart. */
export function plainTexts<Value>(value: Value): Value {
  if (typeof value === 'string') return plainText(value) as Value & string;
  if (Array.isArray(value)) return value.map((element: unknown) => plainTexts(element)) as Value & unknown[];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, plainTexts<unknown>(element)])) as Value & object;
}

/** A report whose texts can be shown. Only what a person wrote in several lines, question and notes, keeps its lines. */
export function plainReport(report: Report): Report {
  const plain = plainTexts(report);
  return { ...plain, question: plainLines(report.question), run: { ...plain.run, notes: plainLines(report.run.notes) } };
}

function plainLines(text: string): string {
  return text.split(/\r\n|\n|\r/).map(plainText).join('\n');
}
