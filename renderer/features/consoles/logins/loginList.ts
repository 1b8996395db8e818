import type { ConsoleState } from '../../../../electron/contract/consoles.ts';

export type LoginKind = 'ssh' | 'shell';

/** A login or a shell; `number` counts from 1. */
export interface Login {
  readonly id: string;
  readonly number: number;
  readonly isOpen: boolean;
}

/** The logins of a kind among a guest's consoles, in the order of their numbers. */
export function loginsOf(consoles: readonly ConsoleState[], kind: LoginKind): Login[] {
  const ofKind = new RegExp(`/${kind}(\\d+)$`);
  return consoles
    .map(({ id, writable }) => ({ id, isOpen: writable, number: Number(ofKind.exec(id)?.[1] ?? -1) + 1 }))
    .filter(({ number }) => number > 0)
    .sort((a, b) => a.number - b.number);
}

/** Which one to show: the one that was chosen as long as it is there, else the newest that is open, else the newest. */
export function shownLogin(logins: readonly Login[], chosen: string | null): Login | null {
  return logins.find(({ id }) => id === chosen) ?? logins.findLast(({ isOpen }) => isOpen) ?? logins.at(-1) ?? null;
}
