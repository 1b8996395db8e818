import type { MachineSpecification } from './machine.ts';

/** QEMU cuts a module's path at spaces and commas, and a Multiboot kernel finds its own path before its arguments. */
const AWKWARD = /[\s,]/;

export interface PlainImagePaths {
  readonly specification: MachineSpecification;
  /** Symbolic links that must be made before QEMU starts. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** Gives each image with a space or comma in its path a plain name in the machine's own directory. */
export function plainImagePaths(specification: MachineSpecification, directory: string): PlainImagePaths {
  const links: { path: string; target: string }[] = [];
  const plain = (target: string, name: string): string => {
    if (!AWKWARD.test(target)) return target;
    const path = `${directory}/${name}`;
    links.push({ path, target });
    return path;
  };
  const kernelPath = specification.kernelPath === null ? null : plain(specification.kernelPath, 'kernel');
  const modules = specification.modules.map((module, index) => ({ ...module, path: plain(module.path, `module${index}`) }));
  return { specification: { ...specification, kernelPath, modules }, links };
}
