import { parse, stringify } from 'yaml';
import { DeclaredError } from '../../contract/errors.ts';

/** A compose file of guests has some anchors; one that is made of aliases of aliases is a bomb. */
const MOST_ALIASES = 50;

/**
 * The content of a compose file as plain data. No tag makes an object, no file is read, nothing is interpolated.
 * Throws COMPOSE_INVALID.
 */
export function readComposeText(text: string): unknown {
  try {
    const data: unknown = parse(text, { schema: 'core', uniqueKeys: true, merge: true, maxAliasCount: MOST_ALIASES, logLevel: 'error' });
    return data;
  } catch (error) {
    throw new DeclaredError('COMPOSE_INVALID', { issues: [error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)] }, { cause: error });
  }
}

/** Compose of before version 2 reads YAML 1.1, in which `no` is no text; so every such word is quoted. */
export function writeComposeText(data: unknown, head: readonly string[]): string {
  const comment = head.map((line) => `# ${line}\n`).join('');
  return comment + stringify(data, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}
