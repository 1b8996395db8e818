export const needs: Readonly<Record<string, { readonly programs: readonly string[] }>>;
export const needsOf: Readonly<Record<string, readonly string[]>>;
export function findProgram(programs: readonly string[], path?: string): string | null;
export function missingOf(names: readonly string[], path?: string): string[];
export function installCommand(missing: readonly string[], has?: (program: string) => boolean): string | null;
