import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of the names of addresses in a guest's kernel. */
export const symbolErrors = {
  SYMBOLS_UNREADABLE: declareError({
    status: 400,
    details: z.object({ file: z.string(), reason: z.string() }),
    what: (d) => `No symbols can be read from ${d.file}.`,
    evidence: (d) => [d.reason],
    fix: () => 'Give the kernel’s ELF file with its symbols, the output of nm, or Linux’s System.map, whole and unpacked or as .gz or .xz.',
  }),
  SYMBOLS_STRIPPED: declareError({
    status: 409,
    details: z.object({ file: z.string(), found: z.string() }),
    what: (d) => `${d.file} has no symbol table: it was stripped.`,
    evidence: (d) => [d.found],
    fix: () => 'Give the unstripped kernel of the same build, its System.map (on Debian in /boot of the kernel’s package), or the output of nm.',
  }),
  SYMBOLS_OF_ANOTHER_KERNEL: declareError({
    status: 409,
    details: z.object({ file: z.string(), kernel: z.string(), differences: z.array(z.string()) }),
    what: (d) => `The symbols in ${d.file} are not of the kernel ${d.kernel}.`,
    evidence: (d) => d.differences,
    fix: () => 'Give the symbols of exactly this build; a kernel that was built again has other addresses.',
  }),
  SYMBOL_UNKNOWN: declareError({
    status: 404,
    details: z.object({ symbol: z.string(), file: z.string(), near: z.array(z.string()) }),
    what: (d) => `The kernel has no symbol ${d.symbol}.`,
    evidence: (d) => [d.near.length === 0 ? `nothing in ${d.file} has a name like it` : `${d.file} has ${d.near.join(', ')}`],
    fix: (d) => (d.near[0] === undefined ? 'Look the name up with nm; static functions may have been inlined away.' : `Did you mean ${d.near[0]}?`),
  }),
};
