import type { CommandExit } from '../../contract/programs.ts';

/** `with status 0`, `by SIGSEGV`, `with status 0 in 4 runs, with status 3 in 1`; null where nobody knows. */
export function exitWords(exits: readonly CommandExit[]): string | null {
  const groups = Map.groupBy(exits, ({ exitCode, signal }) => (signal === null ? `with status ${exitCode ?? '?'}` : `by ${signal}`));
  if (groups.size === 0) return null;
  const [[only] = ['']] = groups;
  if (groups.size === 1) return exits.length === 1 ? only : `${only} in all ${exits.length} runs`;
  return [...groups].map(([words, some], at) => `${words} in ${some.length}${at === 0 ? (some.length === 1 ? ' run' : ' runs') : ''}`).join(', ');
}

/** Whether the command said each time that it did what it should. */
export function endedWell(exits: readonly CommandExit[]): boolean {
  return exits.every(({ exitCode, signal }) => exitCode === 0 && signal === null);
}
