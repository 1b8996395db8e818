import type { z } from 'zod';
import type { Problem } from './stepProblems.ts';

type Issue = z.core.$ZodIssue;

/** What does not fit the form of a campaign file, in words of the file: each at the part that is wrong. */
export function issueWords(issue: Issue): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: `there is no key ${JSON.stringify(key)} here` }));
  if (issue.code === 'invalid_union') return ofUnion(issue);
  return [{ path: [...path], message: wordsOf(issue) }];
}

const typeWords: Readonly<Record<string, string>> = { string: 'a text', object: 'keys with values', array: 'a list', int: 'a whole number', number: 'a number', boolean: 'true or false' };

function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'this key is missing' : `it must be ${typeWords[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `it must ${limitWords(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `it must ${limitWords(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_value':
      return `it must be ${issue.values.map(String).join(', ').replace(/, (?=[^,]*$)/, ' or ')}`;
    case 'invalid_format':
      return 'it must be of small letters, digits and hyphens, 63 at most, and begin with a letter or digit';
    default:
      return issue.message;
  }
}

function limitWords(origin: string, side: string, limit: number | bigint): string {
  const amount = limit.toLocaleString('en');
  if (origin === 'array' || origin === 'set') return `have ${side} ${amount} ${amount === '1' ? 'entry' : 'entries'}`;
  if (origin === 'string') return `have ${side} ${amount} ${amount === '1' ? 'character' : 'characters'}`;
  return `be ${side} ${amount}`;
}

/** Of several forms the one that got furthest: a list with one wrong entry was meant as a list. Where none was begun, all are named. */
function ofUnion({ errors, path }: Extract<Issue, { code: 'invalid_union' }>): Problem[] {
  const isOfAnotherType = (issues: readonly Issue[]): boolean => issues.some(({ code, path: inner }) => code === 'invalid_type' && inner.length === 0);
  const within = (issues: readonly Issue[]): Problem[] => issues.flatMap(issueWords).map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
  const begun = errors.filter((issues) => issues.length > 0 && !isOfAnotherType(issues));
  const deep = begun.find((issues) => issues.some(({ code, path: inner }) => inner.length > 0 || code === 'unrecognized_keys'));
  const meant = deep ?? begun[0];
  if (meant !== undefined) return within(meant);
  const all = new Set(errors.flatMap((issues) => within(issues).map(({ message }) => message.replace(/^it must be /, ''))));
  return [{ path: [...path], message: `it must be ${[...all].join(', or ')}` }];
}
