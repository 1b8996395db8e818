import { readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';
import { DeclaredError } from '../../contract/errors.ts';

/** A file of data that Petri ships: parsed, and not yet checked by a schema. */
export interface Resource {
  readonly file: string;
  /** The file's name without its ending. */
  readonly name: string;
  readonly data: unknown;
}

/** Paths of all YAML or JSON files of a folder of `resources/`, by name. */
export function listResources(directory: string, ending: '.yaml' | '.json'): string[] {
  return readdirSync(directory)
    .filter((name) => extname(name) === ending)
    .sort()
    .map((name) => join(directory, name));
}

/** Throws RESOURCE_INVALID when the file does not parse. */
export function readResource(file: string): Resource {
  const text = readFileSync(file, 'utf8');
  try {
    // The core schema of YAML 1.2 has no tags that make objects; aliases are bounded by the library.
    const data: unknown = extname(file) === '.json' ? JSON.parse(text) : parse(text, { schema: 'core', uniqueKeys: true, logLevel: 'error' });
    return { file, name: basename(file, extname(file)), data };
  } catch (error) {
    throw new DeclaredError('RESOURCE_INVALID', { file, issues: [error instanceof Error ? error.message : String(error)] }, { cause: error });
  }
}
