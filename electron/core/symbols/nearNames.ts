const MOST = 5;

/** The names that somebody may have meant, the most likely first: those that contain it or are in it, and those a few letters away. */
export function nearNames(wanted: string, names: Iterable<string>): string[] {
  const bare = plain(wanted);
  const farthest = Math.max(1, Math.floor(bare.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const name of names) {
    const distance = distanceOf(bare, plain(name), farthest);
    if (distance <= farthest) found.push({ name, distance });
  }
  return found.sort((one, other) => one.distance - other.distance || one.name.length - other.name.length || one.name.localeCompare(other.name)).slice(0, MOST).map(({ name }) => name);
}

/** Underscores in front come and go with compilers, and capitals with memory. */
function plain(name: string): string {
  return name.replace(/^_+/, '').toLowerCase();
}

function distanceOf(wanted: string, name: string, farthest: number): number {
  if (name === wanted) return 0;
  if (wanted.length >= 4 && name.includes(wanted)) return 1 - wanted.length / name.length;
  return Math.abs(name.length - wanted.length) > farthest ? Infinity : editDistance(wanted, name);
}

/** Levenshtein's: how many letters must be put in, taken out or exchanged. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let at = 1; at <= to.length; at++) {
      const exchanged = (row[at - 1] ?? 0) + (from[line - 1] === to[at - 1] ? 0 : 1);
      next.push(Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, exchanged));
    }
    row = next;
  }
  return row[to.length] ?? Infinity;
}
