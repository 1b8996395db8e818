import { DeclaredError } from '../../contract/errors.ts';
import { phaseTable, type PhaseTable } from '../../contract/measurements.ts';

/**
 * Reads a phase table from the parsed text of `file`. Throws RESOURCE_INVALID with every problem when it does not fit
 * the contract, names a phase twice, has a pattern that is no regular expression, or nothing that can be observed.
 */
export function loadPhaseTable(file: string, json: unknown): PhaseTable {
  const parsed = phaseTable.safeParse(json);
  const issues = parsed.success
    ? problems(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  if (!parsed.success || issues.length > 0) throw new DeclaredError('RESOURCE_INVALID', { file, issues });
  return parsed.data;
}

function problems({ phases, prompt, login }: PhaseTable): string[] {
  const names = phases.map(({ name }) => name);
  const twice = names.filter((name, position) => names.indexOf(name) !== position);
  const broken = phases.filter(({ pattern }) => pattern !== null && !isExpression(pattern));
  return [
    ...twice.map((name) => `${name}: named twice`),
    ...broken.map(({ name, pattern }) => `${name}: ${pattern ?? ''} is not a regular expression`),
    ...(prompt === null || isExpression(prompt) ? [] : [`prompt: ${prompt} is not a regular expression`]),
    ...(login === undefined || isExpression(login.prompt) ? [] : [`login: ${login.prompt} is not a regular expression`]),
    ...(phases.some(({ pattern, optional }) => pattern !== null && !optional) ? [] : ['no required phase prints anything']),
  ];
}

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}
