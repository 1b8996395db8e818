/** What is searched for in a console. */
export interface SearchQuery {
  readonly pattern: string;
  readonly kind: 'text' | 'expression';
}

/** A piece of a line; `hit` pieces match the query. */
export interface TextPiece {
  readonly text: string;
  readonly hit: boolean;
}

const escapeAll = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function expressionOf({ pattern, kind }: SearchQuery): RegExp | null {
  try {
    return new RegExp(kind === 'text' ? escapeAll(pattern) : pattern, 'g');
  } catch {
    // An expression of the lab's dialect that is none here: the line is shown, only unmarked.
    return null;
  }
}

/** Splits a line into pieces that match and pieces that do not. */
export function piecesOf(line: string, query: SearchQuery | null): TextPiece[] {
  const expression = query === null || query.pattern === '' ? null : expressionOf(query);
  if (expression === null) return [{ text: line, hit: false }];
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const match of line.matchAll(expression)) {
    if (match[0] === '') continue;
    pieces.push({ text: line.slice(at, match.index), hit: false }, { text: match[0], hit: true });
    at = match.index + match[0].length;
  }
  return [...pieces, { text: line.slice(at), hit: false }].filter(({ text }) => text !== '');
}
