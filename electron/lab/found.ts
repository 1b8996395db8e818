import { DeclaredError } from '../contract/errors.ts';

/** What was looked for. Throws NOT_FOUND where there is none of this name. */
export function found<Value>(noun: string, id: string, value: Value | undefined): Value {
  if (value === undefined) throw new DeclaredError('NOT_FOUND', { noun, id });
  return value;
}
