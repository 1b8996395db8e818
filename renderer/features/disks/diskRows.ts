import type { Disk } from '../../../electron/contract/disks.ts';

/** A disk in the table; clones stand below the disk that they rest on. */
export interface DiskRow {
  readonly disk: Disk;
  /** How deep it lies below a disk that is no clone. */
  readonly depth: number;
}

/** Disks by name, each followed by its linked clones. A clone whose original is not there stands by itself. */
export function diskRows(disks: readonly Disk[]): DiskRow[] {
  const known = new Set(disks.map(({ id }) => id));
  const byOriginal = Map.groupBy(
    disks.toSorted((one, other) => one.name.localeCompare(other.name)),
    ({ cloneOf }) => (cloneOf !== null && known.has(cloneOf) ? cloneOf : null),
  );
  const below = (id: string | null, depth: number): DiskRow[] => (byOriginal.get(id) ?? []).flatMap((disk) => [{ disk, depth }, ...below(disk.id, depth + 1)]);
  return below(null, 0);
}

export function diskText({ name, format, guests, origin, notes, outside }: Disk): string {
  return [name, format, ...guests.map((guest) => guest.name), origin.how, origin.source ?? '', notes, outside ? 'in place' : ''].join(' ').toLowerCase();
}

const howWords: Readonly<Record<Disk['origin']['how'], string>> = { created: 'Created empty', imported: 'Imported', cloned: 'Cloned', installed: 'Installed' };

/** Where it comes from, for people. */
export function originOf({ origin }: Disk): string {
  return origin.source === null ? howWords[origin.how] : `${howWords[origin.how]} from ${origin.source.split(/[/\\]/).at(-1) ?? origin.source}`;
}

const units: Readonly<Record<string, number>> = { B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Bytes from what a person types (`512M`, `20 GiB`, `1.5g`; a bare number is GiB), in whole sectors; null for anything else. */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgtb])?(?:i?b)?\s*$/i.exec(text);
  if (match === null) return null;
  const unit = units[(match[2] ?? 'G').toUpperCase()] ?? 1;
  const bytes = Math.round(Number((match[1] ?? '').replace(',', '.')) * unit);
  return bytes < 512 ? null : Math.ceil(bytes / 512) * 512;
}

/** Bytes as `parseSize` reads them again. */
export function writeSize(bytes: number): string {
  const [unit, size] = Object.entries(units).findLast(([, scale]) => bytes >= scale && bytes % scale === 0) ?? ['B', 1];
  return `${bytes / size} ${unit === 'B' ? 'B' : `${unit}iB`}`;
}

/** What cannot be done with a disk now and why; empty strings are what can. */
export interface DiskLocks {
  /** Anything that changes its content or its place. */
  readonly alter: string;
  readonly remove: string;
  /** Copying what is in it while a guest writes would copy something that never was. */
  readonly read: string;
}

/** `running` are the ids of guests that are not stopped. */
export function locksOf(disk: Disk, running: ReadonlySet<string>): DiskLocks {
  const users = disk.guests.filter(({ id }) => running.has(id)).map(({ name }) => name);
  const used = users.length > 0 ? `${users.join(', ')} is running with it.` : '';
  const cloned = disk.clones.length > 0 ? `${disk.clones.length === 1 ? 'A linked clone rests' : `${disk.clones.length} linked clones rest`} on it.` : '';
  const attached = disk.guests.length > 0 ? `It is in ${disk.guests.map(({ name }) => name).join(', ')}: take it out first.` : '';
  return { alter: used || cloned, remove: used || cloned || attached, read: used };
}
