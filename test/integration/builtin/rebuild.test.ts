import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUILTIN, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { readCompilers, type RecordedCompiler } from '../../support/guestCompilers.ts';

/** Whether this machine has what built the committed file: the same compiler and linker, to the package's revision. */
function hasRecorded(architecture: string, recorded: RecordedCompiler): boolean {
  if (!hasProgram(recorded.compiler) || !hasProgram(recorded.linker) || !hasProgram('dpkg-query')) return false;
  for (const wanted of [recorded.compilerPackage, recorded.linkerPackage]) {
    const name = wanted.split(' ')[0] ?? '';
    let found = 'nothing';
    try {
      found = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version}', name], { encoding: 'utf8', stdio: 'pipe' });
    } catch {
      // The package is not installed.
    }
    if (found !== wanted) {
      process.stderr.write(`SKIPPED: the ${architecture} guest was built with ${wanted}; here is ${found}\n`);
      return false;
    }
  }
  return true;
}

describe.each(Object.entries(readCompilers()))('the guest for %s', (architecture, recorded) => {
  test.skipIf(!hasRecorded(architecture, recorded))('is built again bit for bit, wherever it is built', () => {
    const directory = scratch();
    execFileSync(join(BUILTIN, 'build.sh'), [directory], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
    const names = [`petri-${architecture}.elf`, ...(architecture === 'i386' ? ['petri-installer.iso'] : [])];
    for (const name of names) expect(readFileSync(join(directory, name)).equals(readFileSync(join(BUILTIN, 'built', name))), name).toBe(true);
  });
});
