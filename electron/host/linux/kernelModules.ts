import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** A module of a Linux kernel: where it lies below the kernel's folder in `/lib/modules`, and the modules that it needs. */
export interface KernelModule {
  readonly name: string;
  readonly path: string;
  readonly content: Buffer;
  readonly needs: readonly string[];
}

/** In names of modules a hyphen and an underscore are the same (modprobe(8)). */
const plain = (name: string): string => name.replaceAll('-', '_');

/** The section `.modinfo` has `key=value` strings that end with a zero byte (include/linux/moduleinfo.h). */
function needsOf(content: Buffer): string[] {
  const key = Buffer.from('\0depends=');
  const at = content.indexOf(key);
  if (at < 0) return [];
  const end = content.indexOf(0, at + key.length);
  return content.toString('latin1', at + key.length, end).split(',').filter((name) => name !== '').map(plain);
}

/**
 * The named modules and all that they need, each after what it needs. A name that the kernel does not have as a module is
 * left out: it is built in, or the kernel has it not at all, and what wants it says so in the guest.
 */
export async function kernelModules(folder: string, names: readonly string[]): Promise<KernelModule[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ko'));
  const pathOf = new Map(files.map((file) => [plain(basename(file, '.ko')), join(folder, file)]));
  const found = new Map<string, KernelModule>();
  const visited = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    const path = pathOf.get(name);
    if (path === undefined || visited.has(name)) return;
    visited.add(name);
    const content = await readFile(path);
    const needs = needsOf(content);
    for (const needed of needs) await visit(needed);
    found.set(name, { name, path: relative(folder, path), content, needs });
  };
  for (const name of names) await visit(plain(name));
  return [...found.values()];
}

/** The file in which modprobe looks up what a module needs: each line has every module to be loaded before, the nearest first. */
export function modulesDep(modules: readonly KernelModule[]): string {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const before = (module: KernelModule): string[] =>
    module.needs.flatMap((name) => {
      const needed = byName.get(name);
      return needed === undefined ? [] : [needed.path, ...before(needed)];
    });
  return modules.map((module) => `${[`${module.path}:`, ...new Set(before(module))].join(' ')}\n`).join('');
}
