/** The oldest QEMU that Petri speaks to: Ubuntu 22.04's. `set-action` of QMP, which `reset` needs, came with 6.0. */
export const MINIMUM_QEMU = '6.2.0';

export interface QemuVersion {
  readonly version: string;
  /** What a distribution put in parentheses behind it, or null. */
  readonly package: string | null;
}

/** Reads the first line of `qemu-system-… --version`; null when it is not QEMU's. */
export function parseQemuVersion(output: string): QemuVersion | null {
  const found = /^QEMU emulator version (\d+\.\d+\.\d+)[^\s(]*(?: \((.*)\))?/m.exec(output);
  return found === null ? null : { version: found[1] ?? '', package: found[2] ?? null };
}

/** Whether a version like `7.2.22` is at least another one. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const index = need.findIndex((part, at) => part !== (have[at] ?? 0));
  return index === -1 || (have[index] ?? 0) > (need[index] ?? 0);
}
