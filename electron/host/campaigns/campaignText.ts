import { isMap, isPair, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { DeclaredError } from '../../contract/errors.ts';
import type { LineOf } from '../../core/campaigns/readCampaign.ts';

/** A YAML text as data, and on which line each part of it stands. Throws CAMPAIGN_INVALID for what is no YAML. */
export function parseCampaignText(text: string): { readonly data: unknown; readonly lineOf: LineOf } {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, logLevel: 'error', lineCounter: lines });
  if (document.errors.length > 0) {
    const issues = document.errors.map(({ message, pos }) => ({ path: '', line: lines.linePos(pos[0]).line, message: message.split('\n')[0] ?? message }));
    throw new DeclaredError('CAMPAIGN_INVALID', { issues });
  }
  return { data: toData(document), lineOf: (path) => lineAt(document, lines, path) };
}

/** Aliases are bounded, so that a short text cannot become a huge value. */
function toData(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new DeclaredError('CAMPAIGN_INVALID', { issues: [{ path: '', line: null, message: error instanceof Error ? error.message : String(error) }] });
  }
}

/** Of the part itself, or of the nearest one around it that is there. */
function lineAt(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const key of path) {
    const item: unknown = isMap(node) ? node.items.find((pair) => isPair(pair) && String(pair.key) === String(key)) : isSeq(node) ? node.items[Number(key)] : undefined;
    if (item === undefined) break;
    const begin: unknown = isPair(item) ? item.key : item;
    node = isPair(item) ? item.value : item;
    offset = rangeStart(begin) ?? offset;
  }
  return offset === null ? null : lines.linePos(offset).line;
}

function rangeStart(node: unknown): number | null {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : null;
}
