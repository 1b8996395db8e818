import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';

// ELF's tables (System V ABI, chapters 4 and 5); only little-endian 64-bit files are met here.
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

function segments(file: Buffer): Segment[] {
  if (file.toString('latin1', 0, 4) !== '\x7fELF' || file[4] !== 2) return [];
  const [start, size, count] = [Number(file.readBigUInt64LE(32)), file.readUInt16LE(54), file.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return { type: file.readUInt32LE(at), offset: Number(file.readBigUInt64LE(at + 8)), address: Number(file.readBigUInt64LE(at + 16)), bytes: Number(file.readBigUInt64LE(at + 32)) };
  });
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}

/** The names of the libraries that a program or library is linked with, the interpreter's with them. */
export function neededLibraries(file: Buffer): string[] {
  const parts = segments(file);
  const dynamic = parts.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const entries = Array.from({ length: Math.trunc(dynamic.bytes / 16) }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return { tag: file.readBigInt64LE(at), value: Number(file.readBigUInt64LE(at + 8)) };
  });
  const strings = entries.find(({ tag }) => tag === DT_STRTAB)?.value ?? 0;
  const home = parts.find(({ type, address, bytes }) => type === PT_LOAD && strings >= address && strings < address + bytes);
  if (home === undefined) return [];
  const names = entries.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => textAt(file, strings - home.address + home.offset + value));
  const interpreter = parts.find(({ type }) => type === PT_INTERP);
  return interpreter === undefined ? names : [...names, basename(textAt(file, interpreter.offset))];
}

/** Reads a file of an unpacked system, in which an absolute link leads to the system's own root. */
async function readInside(root: string, path: string): Promise<Buffer> {
  const target = await readlink(path).catch(() => null); // It is no link.
  return readFile(target !== null && isAbsolute(target) ? join(root, target) : path);
}

/** All libraries that the programs need, and what those need, by name, from the folders of an unpacked system. */
export async function librariesFor(root: string, programs: readonly Buffer[]): Promise<Map<string, Buffer>> {
  const files = (await readdir(root, { recursive: true })).filter((file) => /\.so(\.\d+)*$/.test(file));
  const pathOf = new Map(files.map((file) => [basename(file), join(root, file)]));
  const found = new Map<string, Buffer>();
  const visit = async (file: Buffer): Promise<void> => {
    for (const name of neededLibraries(file)) {
      const path = pathOf.get(name);
      if (path === undefined || found.has(name)) continue;
      const library = await readInside(root, path);
      found.set(name, library);
      await visit(library);
    }
  };
  for (const program of programs) await visit(program);
  return found;
}
