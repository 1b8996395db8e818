/** A readable identifier: what a name has of a–z and 0–9, and `suffix` to make it the only one. */
export function diskId(name: string, suffix: string): string {
  const words = name.normalize('NFKD').toLowerCase().match(/[a-z0-9]+/g) ?? ['disk'];
  return `${words.join('-').slice(0, 40).replace(/-$/, '')}-${suffix}`;
}
