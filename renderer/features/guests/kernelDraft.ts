import type { Architecture } from '../../../electron/contract/primitives.ts';
import type { Guest, GuestDraftInput } from '../../../electron/contract/guests.ts';

type Board = Guest['definition']['machine']['board'];

/** What a person fills in for a kernel of their own. */
export interface KernelDraft {
  name: string;
  kernel: string;
  architecture: Architecture;
  board: Board;
  cpuModel: string;
  cpus: number;
  memoryMiB: number;
  arguments: string;
  modules: { path: string; arguments: string }[];
  phaseTable: string;
}

/** The boards that QEMU has for an architecture; the first is the usual one. */
export const boardsOf: Readonly<Record<Architecture, readonly Board[]>> = { i386: ['pc', 'q35'], x86_64: ['q35', 'pc'], arm: ['virt'], aarch64: ['virt'] };

export function emptyDraft(): KernelDraft {
  return { name: '', kernel: '', architecture: 'i386', board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 128, arguments: '', modules: [], phaseTable: '' };
}

function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

/** The draft as the contract wants it; without a name it is called after its kernel. */
export function guestFromDraft(draft: KernelDraft): GuestDraftInput {
  const file = (path: string) => ({ kind: 'file' as const, path: path.trim() });
  return {
    name: draft.name.trim() === '' ? fileName(draft.kernel.trim()) : draft.name.trim(),
    catalogEntry: null,
    architecture: draft.architecture,
    machine: { board: draft.board, cpuModel: draft.cpuModel, cpus: draft.cpus, memoryMiB: draft.memoryMiB },
    boot: {
      kernel: file(draft.kernel),
      arguments: draft.arguments,
      modules: draft.modules.filter(({ path }) => path.trim() !== '').map((module) => ({ image: file(module.path), arguments: module.arguments })),
    },
    phaseTable: draft.phaseTable,
    accelerator: 'auto',
    notes: '',
  };
}
