/** ELF specification, figures 1-3 and 2-1, for 64 and for 32 bits; all numbers are little-endian. */
const WIDE = { header: 64, program: 56 };
const NARROW = { header: 52, program: 32 };
const EM_386 = 3;

/**
 * A 64-bit ELF kernel with the header of a 32-bit one, in the same bytes: QEMU's Multiboot loader takes only those, as
 * `objcopy -O elf32-i386` makes them. The segments stay where they are; sections, which no loader reads, are forgotten.
 * Throws for what is no such file, or lies above 4 GiB.
 */
export function narrowElf(wide: Buffer): Buffer {
  if (wide.length < WIDE.header || wide.readUInt32BE(0) !== 0x7f454c46 || wide[4] !== 2) throw new Error('the kernel is no 64-bit ELF file');
  const count = wide.readUInt16LE(56);
  const narrow = Buffer.from(wide);
  // Class 1 has 32 bits.
  narrow.writeUInt8(1, 4);
  narrow.writeUInt16LE(EM_386, 18);
  narrow.writeUInt32LE(below4GiB(wide.readBigUInt64LE(24)), 24);
  narrow.writeUInt32LE(NARROW.header, 28);
  narrow.writeUInt32LE(0, 32);
  narrow.writeUInt32LE(wide.readUInt32LE(48), 36);
  for (const [index, field] of [NARROW.header, NARROW.program, count, 0, 0, 0].entries()) narrow.writeUInt16LE(field, 40 + 2 * index);
  for (let index = 0; index < count; index += 1) {
    const from = Number(wide.readBigUInt64LE(32)) + index * WIDE.program;
    const at = NARROW.header + index * NARROW.program;
    const [offset, virtual, physical, inFile, inMemory, alignment] = [8, 16, 24, 32, 40, 48].map((field) => below4GiB(wide.readBigUInt64LE(from + field)));
    const fields = [wide.readUInt32LE(from), offset, virtual, physical, inFile, inMemory, wide.readUInt32LE(from + 4), alignment];
    for (const [place, value] of fields.entries()) narrow.writeUInt32LE(value ?? 0, at + 4 * place);
  }
  return narrow;
}

function below4GiB(value: bigint): number {
  if (value > 0xffff_ffffn) throw new Error('the kernel lies above 4 GiB');
  return Number(value);
}
