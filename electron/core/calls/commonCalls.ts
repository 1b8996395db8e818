import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';

const commonCallsFile = z.strictObject({
  /** How many the list that it comes from announces, and how many that list names. */
  announced: z.number().int(),
  named: z.number().int(),
  groups: z.record(z.string(), z.array(z.string())),
  /** By the names' id: each system's own name for a word; null where it has no such call. */
  systems: z.record(z.string(), z.record(z.string(), z.string().nullable())),
});

/** The calls that a comparison of systems looks at first, and what each system calls them. */
export type CommonCalls = z.infer<typeof commonCallsFile>;

/** Reads the list from the parsed text of `file`. Throws RESOURCE_INVALID where a system lacks a word, or the words are not as many as it says. */
export function loadCommonCalls(file: string, data: unknown): CommonCalls {
  const parsed = commonCallsFile.safeParse(data);
  const issues = parsed.success ? problems(parsed.data) : parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`);
  if (!parsed.success || issues.length > 0) throw new DeclaredError('RESOURCE_INVALID', { file, issues });
  return parsed.data;
}

function problems({ groups, systems, named }: CommonCalls): string[] {
  const words = Object.values(groups).flat();
  const missing = Object.entries(systems).flatMap(([id, names]) => words.filter((word) => names[word] === undefined).map((word) => `${id}: ${word} is missing`));
  return words.length === named ? missing : [`it names ${words.length} calls and says ${named}`, ...missing];
}
