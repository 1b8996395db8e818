const SYMBOL_TABLE = 2;

/** The symbols of a 32-bit ELF file with their addresses (System V ABI, chapter 4: section headers, symbol table). */
export function readSymbols(elf: Buffer): Map<string, number> {
  const sections = Array.from({ length: elf.readUInt16LE(48) }, (_, at) => elf.readUInt32LE(32) + at * elf.readUInt16LE(46));
  const table = sections.find((section) => elf.readUInt32LE(section + 4) === SYMBOL_TABLE);
  if (table === undefined) return new Map();
  const strings = elf.readUInt32LE((sections[elf.readUInt32LE(table + 24)] ?? NaN) + 16);
  const symbols = Array.from({ length: elf.readUInt32LE(table + 20) / 16 }, (_, at) => elf.readUInt32LE(table + 16) + at * 16);
  return new Map(
    symbols.map((symbol) => {
      const name = strings + elf.readUInt32LE(symbol);
      return [elf.toString('latin1', name, elf.indexOf(0, name)), elf.readUInt32LE(symbol + 4)];
    }),
  );
}
