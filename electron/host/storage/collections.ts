import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { onDisk } from './storageFailures.ts';

/** The open database, for those who keep a collection in it. */
export type { Database } from 'better-sqlite3';

/** Documents of one kind, each validated when it is written and when it is read. */
export interface Collection<Value> {
  /** All that are not in the trash, oldest first. A document that does not fit its schema is left out: see `invalid`. */
  all(): Value[];
  /** Throws RESOURCE_INVALID for a document that does not fit its schema. */
  get(id: string): Value | undefined;
  /** Creates or replaces; a document in the trash comes back as this value. */
  put(id: string, value: Value): void;
  /** Moves to the trash; false when there is nothing to move. */
  remove(id: string): boolean;
  /** All that are in the trash, what was removed last first; as in `all`, without those that do not fit the schema. */
  trashed(): { value: Value; trashedAt: string }[];
  /** Takes back from the trash. */
  restore(id: string): Value | undefined;
  /** Forgets for good, in the trash or not. */
  purge(id: string): void;
  /** Ids of stored documents that do not fit the schema and what is wrong; they are kept as they are. */
  invalid(): { id: string; issues: string[] }[];
}

interface Row {
  readonly id: string;
  readonly json: string;
}

export function openCollection<Value>(database: Database, name: string, schema: z.ZodType<Value>): Collection<Value> {
  const live = database.prepare<[string], Row>('SELECT id, json FROM documents WHERE collection = ? AND trashed_at IS NULL ORDER BY row');
  const thrown = database.prepare<[string], Row & { trashed_at: string }>(
    'SELECT id, json, trashed_at FROM documents WHERE collection = ? AND trashed_at IS NOT NULL ORDER BY trashed_at DESC, row DESC',
  );
  const one = database.prepare<[string, string], Row>('SELECT id, json FROM documents WHERE collection = ? AND id = ? AND trashed_at IS NULL');
  const write = database.prepare<[string, string, string]>(
    `INSERT INTO documents (collection, id, json) VALUES (?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE SET json = excluded.json, trashed_at = NULL`,
  );
  const trash = database.prepare<[string, string, string]>('UPDATE documents SET trashed_at = ? WHERE collection = ? AND id = ? AND trashed_at IS NULL');
  const takeBack = database.prepare<[string, string]>('UPDATE documents SET trashed_at = NULL WHERE collection = ? AND id = ? AND trashed_at IS NOT NULL');
  const forget = database.prepare<[string, string]>('DELETE FROM documents WHERE collection = ? AND id = ?');
  const guarded = <Result>(action: () => Result): Result => onDisk(database.name, action);
  const read = (row: Row) => readDocument(schema, row);

  const get = (id: string): Value | undefined => {
    const row = guarded(() => one.get(name, id));
    if (row === undefined) return undefined;
    const result = read(row);
    if ('issues' in result) throw new DeclaredError('RESOURCE_INVALID', { file: `${database.name} (${name} ${id})`, issues: result.issues });
    return result.value;
  };
  return {
    get,
    all: () => guarded(() => live.all(name)).flatMap((row) => {
      const result = read(row);
      return 'issues' in result ? [] : [result.value];
    }),
    put(id, value) {
      const json = JSON.stringify(schema.parse(value));
      guarded(() => write.run(name, id, json));
    },
    remove: (id) => guarded(() => trash.run(new Date().toISOString(), name, id)).changes > 0,
    trashed: () => guarded(() => thrown.all(name)).flatMap((row) => {
      const result = read(row);
      return 'issues' in result ? [] : [{ value: result.value, trashedAt: row.trashed_at }];
    }),
    restore: (id) => (guarded(() => takeBack.run(name, id)).changes > 0 ? get(id) : undefined),
    purge(id) {
      guarded(() => forget.run(name, id));
    },
    invalid: () => guarded(() => live.all(name)).flatMap((row) => {
      const result = read(row);
      return 'issues' in result ? [{ id: row.id, issues: result.issues }] : [];
    }),
  };
}

function readDocument<Value>(schema: z.ZodType<Value>, { json }: Row): { value: Value } | { issues: string[] } {
  try {
    const result = schema.safeParse(JSON.parse(json));
    if (result.success) return { value: result.data };
    return { issues: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) };
  } catch (error) {
    return { issues: [error instanceof Error ? error.message : String(error)] };
  }
}
