import semver from 'semver';

/** The highest level that the plugin's own declarations know. */
const HIGHEST_LEVEL = 6;

/** From which QEMU on its plugin interface has a level, the newest first. Only level 1 was run so far. */
const levels = [
  { from: '10.2.0', level: 5 },
  { from: '10.0.0', level: 4 },
  { from: '9.1.0', level: 3 },
  { from: '9.0.0', level: 2 },
  { from: '6.0.0', level: 1 },
] as const;

/** The level that a QEMU of this version is likely to have. */
export function likelyLevel(version: string): number {
  const number = semver.coerce(version) ?? new semver.SemVer('0.0.0');
  return levels.find(({ from }) => semver.gte(number, from))?.level ?? 1;
}

/** The level that QEMU itself named when it refused a plugin of another one; null when it named none that is known here. */
export function namedLevel(words: string): number | null {
  const named = /supports only (?:up to version|a minimum version of) (\d+)/.exec(words)?.[1];
  return named === undefined || Number(named) > HIGHEST_LEVEL ? null : Number(named);
}

/** Whether QEMU could not load a plugin because it has not all functions of that level. */
export function lacksFunction(words: string): boolean {
  return /undefined symbol: qemu_plugin_/.test(words);
}
