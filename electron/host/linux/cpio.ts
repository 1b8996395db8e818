import { Buffer } from 'node:buffer';

/** A file of an archive. A path has no leading slash; `mode` has the permissions alone. */
export type CpioEntry =
  | { readonly path: string; readonly kind: 'directory'; readonly mode: number }
  | { readonly path: string; readonly kind: 'file'; readonly mode: number; readonly content: Buffer }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | { readonly path: string; readonly kind: 'device'; readonly mode: number; readonly major: number; readonly minor: number };

// The types of files in `st_mode` (POSIX, sys/stat.h).
const types = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** Names and contents end at a multiple of four bytes. */
const padding = (bytes: number): Buffer => Buffer.alloc((4 - (bytes % 4)) % 4);

function contentOf(entry: CpioEntry): Buffer {
  if (entry.kind === 'file') return entry.content;
  return entry.kind === 'link' ? Buffer.from(entry.target) : Buffer.alloc(0);
}

function record(inode: number, mode: number, path: string, content: Buffer, device: { major: number; minor: number }): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, device.major, device.minor, name.length, 0];
  const header = Buffer.from(`070701${numbers.map(hex).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

/**
 * An archive in cpio's "newc" format, as Linux wants its initial RAM disk (Documentation/driver-api/early-userspace/
 * buffer-format.rst). Everything belongs to root and has no time, so that the same files give the same bytes.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const nothing = { major: 0, minor: 0 };
  const records = entries.flatMap((entry, index) => {
    const mode = types[entry.kind] | (entry.kind === 'link' ? 0o777 : entry.mode);
    return record(index + 1, mode, entry.path, contentOf(entry), entry.kind === 'device' ? entry : nothing);
  });
  return Buffer.concat([...records, ...record(0, 0, 'TRAILER!!!', Buffer.alloc(0), nothing)]);
}

/** Puts the directories that the paths need before them, each once; the archive's reader makes none by itself. */
export function withDirectories(entries: readonly CpioEntry[]): CpioEntry[] {
  const present = new Set(entries.filter(({ kind }) => kind === 'directory').map(({ path }) => path));
  const missing = new Set<string>();
  for (const { path } of entries) {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const directory = parts.slice(0, length).join('/');
      if (!present.has(directory)) missing.add(directory);
    }
  }
  const directories = [...missing].map((path): CpioEntry => ({ path, kind: 'directory', mode: 0o755 }));
  const inOrder = [...directories, ...entries.filter(({ kind }) => kind === 'directory')].sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...inOrder, ...entries.filter(({ kind }) => kind !== 'directory')];
}
