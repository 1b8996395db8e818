import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpecification } from '../../core/guests/machine.ts';

/** QEMU cuts a module's path at spaces and commas, and a Multiboot kernel finds its own path before its arguments. */
const AWKWARD = /[\s,]/;

/** Gives each image with a space or comma in its path a plain name in the machine's directory. */
export async function linkAwkwardImages(specification: MachineSpecification, directory: string): Promise<MachineSpecification> {
  const plain = async (path: string, name: string): Promise<string> => {
    if (!AWKWARD.test(path)) return path;
    const link = join(directory, name);
    await symlink(path, link);
    return link;
  };
  return {
    ...specification,
    kernelPath: await plain(specification.kernelPath, 'kernel'),
    modules: await Promise.all(specification.modules.map(async (module, index) => ({ ...module, path: await plain(module.path, `module${index}`) }))),
  };
}
