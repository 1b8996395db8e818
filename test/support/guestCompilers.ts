import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BUILTIN } from './qemuGuest.ts';

const recordedCompiler = z.strictObject({
  compiler: z.string(),
  compilerPackage: z.string(),
  version: z.string(),
  linker: z.string(),
  linkerPackage: z.string(),
  flags: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type RecordedCompiler = z.infer<typeof recordedCompiler>;

/** What the committed guests were built with, by architecture. */
export function readCompilers(): { readonly i386: RecordedCompiler; readonly arm: RecordedCompiler } {
  const recorded: unknown = JSON.parse(readFileSync(join(BUILTIN, 'built/COMPILERS.json'), 'utf8'));
  return z.strictObject({ i386: recordedCompiler, arm: recordedCompiler }).parse(recorded);
}
