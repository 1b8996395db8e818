/** Names that look the same are the same. */
function folded(name: string): string {
  return name.normalize('NFC').toLocaleLowerCase('en');
}

export function isNameTaken(name: string, taken: readonly string[]): boolean {
  return taken.some((other) => folded(other) === folded(name));
}

/** The name, with a number behind it when it is taken. */
export function uniqueName(name: string, taken: readonly string[]): string {
  let candidate = name;
  for (let number = 2; isNameTaken(candidate, taken); number += 1) candidate = `${name} ${number}`;
  return candidate;
}

/** A readable identifier: what a name has of a–z and 0–9, and `suffix` to make it the only one. */
export function guestId(name: string, suffix: string): string {
  const words = name.normalize('NFKD').toLowerCase().match(/[a-z0-9]+/g) ?? ['guest'];
  return `${words.join('-').slice(0, 40).replace(/-$/, '')}-${suffix}`;
}
