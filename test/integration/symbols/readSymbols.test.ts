import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readKernelSymbols } from '../../../electron/host/symbols/readSymbols.ts';
import { declared } from '../../support/declared.ts';
import { BUILTIN, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const kernel = (architecture: string): string => `${BUILTIN}/built/petri-${architecture}.elf`;
const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8' });
const canStrip = hasProgram('objcopy') && hasProgram('nm') && hasProgram('xz');

/** Linux's x86 boot image around a packed kernel (Documentation/arch/x86/boot.rst). */
function bzImage(packed: Buffer): Buffer {
  const header = Buffer.alloc(1024 + 16);
  header.writeUInt8(1, 0x1f1);
  header.write('HdrS', 0x202, 'latin1');
  header.writeUInt16LE(0x20c, 0x206);
  header.writeUInt32LE(16, 0x248);
  header.writeUInt32LE(packed.length, 0x24c);
  return Buffer.concat([header, packed]);
}

describe.runIf(canStrip)('the symbols of a kernel on disk', () => {
  const strip = (directory: string): string => {
    run('strip', '-o', join(directory, 'stripped'), kernel('i386'));
    return join(directory, 'stripped');
  };

  it('are its own, or those of a list or a file with symbols only that belong to it, packed or not', async () => {
    const directory = scratch();
    const stripped = strip(directory);
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const list = file('list', run('nm', kernel('i386')));
    const sized = file('sized', run('nm', '-n', '-S', kernel('i386')));
    const packed = file('list.gz', gzipSync(readFileSync(list)));
    run('xz', '--keep', list);
    run('objcopy', '--only-keep-debug', kernel('i386'), join(directory, 'debug'));
    const own = (await readKernelSymbols(kernel('i386'), null)).table.byName.get('ipc_call')?.address;
    for (const symbols of [list, sized, packed, `${list}.xz`, join(directory, 'debug'), kernel('i386')]) {
      const { table, evidence } = await readKernelSymbols(stripped, symbols);
      expect(table.byName.get('ipc_call')?.address, symbols).toBe(own);
      expect(evidence, symbols).not.toHaveLength(0);
    }
    expect((await readKernelSymbols(stripped, list)).evidence.join()).toMatch(/\d+ of \d+ calls in its code lead to a symbol/);
  });

  it('of another kernel, and of the same source built a little differently, are refused with the differences', async () => {
    const directory = scratch();
    const stripped = strip(directory);
    const other = join(directory, 'arm');
    writeFileSync(other, run('nm', kernel('arm')));
    const { details } = await declared('SYMBOLS_OF_ANOTHER_KERNEL', () => readKernelSymbols(stripped, other));
    expect(details.differences.length).toBeGreaterThan(0);
    await declared('SYMBOLS_OF_ANOTHER_KERNEL', () => readKernelSymbols(kernel('i386'), kernel('arm')));
    // As if one function in the middle had grown by 16 bytes: all behind it are elsewhere.
    const moved = run('nm', kernel('i386')).replaceAll(/^([0-9a-f]{8}) ([tT])/gm, (line, at: string, type: string) => (parseInt(at, 16) > 0x10_0200 ? `${(parseInt(at, 16) + 16).toString(16).padStart(8, '0')} ${type}` : line));
    writeFileSync(join(directory, 'moved'), moved);
    await declared('SYMBOLS_OF_ANOTHER_KERNEL', () => readKernelSymbols(stripped, join(directory, 'moved')));
    await declared('SYMBOLS_OF_ANOTHER_KERNEL', () => readKernelSymbols(kernel('i386'), join(directory, 'moved')));
    // The same addresses and one other byte of code.
    const patched = readFileSync(kernel('i386'));
    const { table } = await readKernelSymbols(kernel('i386'), null);
    const at = Number((table.byName.get('ipc_call')?.address ?? 0n) - 0x10_0000n) + 0x1000;
    patched.writeUInt8((patched[at] ?? 0) ^ 1, at);
    writeFileSync(join(directory, 'patched'), patched);
    expect((await declared('SYMBOLS_OF_ANOTHER_KERNEL', () => readKernelSymbols(join(directory, 'patched'), kernel('i386')))).details.differences.join()).toContain('other code at ipc_call');
  });

  it('are held against the kernel inside a vmlinuz or a zImage, however that is packed', async () => {
    const directory = scratch();
    const stripped = readFileSync(strip(directory));
    const list = join(directory, 'System.map');
    writeFileSync(list, run('nm', kernel('i386')));
    run('xz', '--keep', join(directory, 'stripped'));
    const xz = readFileSync(join(directory, 'stripped.xz'));
    // Linux puts the size behind what is packed.
    for (const packed of [gzipSync(stripped), Buffer.concat([xz, Buffer.alloc(4)]), Buffer.concat([zstdCompressSync(stripped), Buffer.alloc(4)])]) {
      writeFileSync(join(directory, 'vmlinuz'), bzImage(packed));
      expect((await readKernelSymbols(join(directory, 'vmlinuz'), list)).evidence).not.toHaveLength(0);
    }
    const zImage = Buffer.alloc(0x200);
    zImage.writeUInt32LE(0x016f2818, 0x24);
    writeFileSync(join(directory, 'zImage'), Buffer.concat([zImage, Buffer.from([0x1f, 0x8b, 0x08]), xz, Buffer.alloc(300, 7)]));
    expect((await readKernelSymbols(join(directory, 'zImage'), list)).evidence).not.toHaveLength(0);
    for (const [name, magic] of [['lz4', [0x02, 0x21, 0x4c, 0x18]], ['lzo', [0x89, 0x4c, 0x5a, 0x4f]]] as const) {
      writeFileSync(join(directory, name), bzImage(Buffer.from([...magic, 0, 0, 0, 0])));
      expect((await declared('SYMBOLS_UNREADABLE', () => readKernelSymbols(join(directory, name), list))).details.reason).toContain(name);
    }
  });

  it('that are missing, cut, hidden or no symbols at all are refused with the reason', async () => {
    const directory = scratch();
    const stripped = strip(directory);
    await declared('SYMBOLS_STRIPPED', () => readKernelSymbols(stripped, null));
    await declared('SYMBOLS_STRIPPED', () => readKernelSymbols(kernel('i386'), stripped));
    const reason = async (name: string, content: string | Buffer): Promise<string> => {
      writeFileSync(join(directory, name), content);
      return (await declared('SYMBOLS_UNREADABLE', () => readKernelSymbols(kernel('i386'), join(directory, name)))).details.reason;
    };
    expect(await reason('words', 'hello\n')).toContain('line 1');
    expect(await reason('nothing', '')).toContain('no place');
    expect(await reason('cut', '00100000 T one\n00100010 T two\n001000')).toContain('line 3');
    expect(await reason('cut.gz', gzipSync(run('nm', kernel('i386'))).subarray(0, 500))).toContain('gzip');
    run('xz', '--keep', join(directory, 'words'));
    truncateSync(join(directory, 'words.xz'), 30);
    expect(await reason('again.xz', readFileSync(join(directory, 'words.xz')))).toContain('xz');
    writeFileSync(join(directory, 'kallsyms'), '0000000000000000 T _text\n0000000000000000 T start_kernel\n');
    expect((await declared('SYMBOLS_STRIPPED', () => readKernelSymbols(kernel('i386'), join(directory, 'kallsyms')))).details.found).toContain('hidden');
    await declared('SYMBOLS_UNREADABLE', () => readKernelSymbols(kernel('i386'), join(directory, 'absent')));
    await declared('SYMBOLS_UNREADABLE', () => readKernelSymbols(kernel('i386'), directory));
    run('mkfifo', join(directory, 'pipe'));
    for (const endless of ['/dev/null', '/dev/zero', join(directory, 'pipe')]) expect((await declared('SYMBOLS_UNREADABLE', () => readKernelSymbols(kernel('i386'), endless))).details.reason, endless).toContain('no file');
  });
});
