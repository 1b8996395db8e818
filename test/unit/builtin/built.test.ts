import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCompilers } from '../../support/guestCompilers.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { BUILTIN } from '../../support/qemuGuest.ts';

const recorded = readCompilers();

/** ELF's e_machine (System V ABI, chapter 4). */
const MACHINE = { i386: 3, arm: 40 } as const;

describe.each(['i386', 'arm'] as const)('the committed guest for %s', (architecture) => {
  const path = join(BUILTIN, 'built', `petri-${architecture}.elf`);
  const elf = readFileSync(path);

  test('is a small 32-bit ELF file of its architecture', () => {
    expect(statSync(path).size).toBeLessThan(64 * 1024);
    expect(elf.subarray(0, 6)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1]));
    expect(elf.readUInt16LE(18)).toBe(MACHINE[architecture]);
  });

  test('keeps the symbols that instruments look for', () => {
    const names = [...readSymbols(elf).keys()];
    for (const name of ['_start', 'phases_begin', 'process_init_work', 'memory_init_work', 'address_space_load', 'memory_fault', 'load_begin', 'load_end', 'stride_walk', 'snapshot_take', 'processes'])
      expect(names).toContain(name);
  });

  test('tells nothing of the machine that built it', () => {
    expect(elf.toString('latin1')).not.toMatch(/\/(work|home|root|tmp|usr)\//);
  });

  test('has the checksum that SHA256SUMS and COMPILERS.json give', () => {
    const digest = createHash('sha256').update(elf).digest('hex');
    expect(recorded[architecture].sha256).toBe(digest);
    expect(readFileSync(join(BUILTIN, 'built/SHA256SUMS'), 'utf8')).toContain(`${digest}  petri-${architecture}.elf\n`);
  });

  test('was built with the flags that the build script still uses', () => {
    expect(execFileSync(join(BUILTIN, 'build.sh'), ['--flags', architecture], { encoding: 'utf8' }).trim()).toBe(recorded[architecture].flags);
  });
});
