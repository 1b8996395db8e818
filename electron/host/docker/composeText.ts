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

export function writeComposeText(data: unknown, head: readonly string[]): string {
  const comment = head.map((line) => `# ${line}\n`).join('');
  return comment + stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 });
}
