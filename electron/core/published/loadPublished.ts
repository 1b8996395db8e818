import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { publishedValue, type PublishedValue } from '../../contract/published.ts';

const shape = z.object({ values: z.array(z.unknown()) });
const sourced = z.object({ source: z.object({ title: z.string().trim().min(1), detail: z.string().trim().min(1) }) });
const named = z.object({ id: z.string() });

/**
 * Reads published values from the parsed text of `file`. Throws PUBLISHED_WITHOUT_SOURCE for the first value that does
 * not say where it was published, RESOURCE_INVALID for anything else that does not fit.
 */
export function loadPublished(file: string, json: unknown): PublishedValue[] {
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw invalid(file, '(whole)', parsed.error);
  const values = parsed.data.values.map((entry, position) => loadValue(file, entry, position));
  const ids = values.map(({ id }) => id);
  const twice = ids.filter((id, position) => ids.indexOf(id) !== position);
  if (twice.length > 0) throw new DeclaredError('RESOURCE_INVALID', { file, issues: twice.map((id) => `${id}: given twice`) });
  return values;
}

function loadValue(file: string, entry: unknown, position: number): PublishedValue {
  const id = named.safeParse(entry).data?.id ?? `values.${position}`;
  if (!sourced.safeParse(entry).success) throw new DeclaredError('PUBLISHED_WITHOUT_SOURCE', { file, entry: id });
  const value = publishedValue.safeParse(entry);
  if (!value.success) throw invalid(file, id, value.error);
  if (value.data.low > value.data.high) throw new DeclaredError('RESOURCE_INVALID', { file, issues: [`${id}: low is above high`] });
  return value.data;
}

function invalid(file: string, entry: string, { issues }: z.ZodError): DeclaredError {
  return new DeclaredError('RESOURCE_INVALID', { file, issues: issues.map((issue) => `${[entry, ...issue.path].join('.')}: ${issue.message}`) });
}
