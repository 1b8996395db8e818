import { DeclaredError } from '../../contract/errors.ts';
import { byteReader, unreadable } from './byteReader.ts';
import { SECTION, textOf, type ElfFile, type ElfSection } from './elfFile.ts';
import { makeSymbolTable, type RawSymbol, type SymbolTable } from './symbolTable.ts';

const MACHINE_ARM = 40;
const INDEX = { undefined: 0, absolute: 0xfff1, common: 0xfff2, extended: 0xffff } as const;
const KIND = { none: 0, object: 1, function: 2 } as const;
const BIND_LOCAL = 0;

/** The symbols of an ELF file with a symbol table. Throws SYMBOLS_STRIPPED when it has none, SYMBOLS_UNREADABLE when it is damaged. */
export function elfSymbols(elf: ElfFile): SymbolTable {
  const table = elf.sections.find(({ type }) => type === SECTION.symbols);
  if (table === undefined) throw new DeclaredError('SYMBOLS_STRIPPED', { file: elf.file, found: sectionsInWords(elf) });
  const symbols = readSymbols(elf, table);
  if (symbols.length === 0) throw new DeclaredError('SYMBOLS_STRIPPED', { file: elf.file, found: 'its symbol table names no place in the program' });
  return makeSymbolTable(elf.file, symbols);
}

function sectionsInWords({ sections }: ElfFile): string {
  const names = sections.map(({ name }) => name).filter((name) => name !== '');
  return names.length === 0 ? 'it has no section table' : `its sections: ${names.slice(0, 20).join(', ')}`;
}

function readSymbols(elf: ElfFile, table: ElfSection): RawSymbol[] {
  const reader = byteReader(elf.file, elf.bytes, elf.littleEndian);
  const size = elf.bits === 32 ? 16 : 24;
  const strings = elf.sections[table.link];
  if (table.entrySize !== size) throw unreadable(elf.file, `an entry of its symbol table has ${table.entrySize} bytes instead of ${size}`);
  if (strings?.type !== SECTION.strings) throw unreadable(elf.file, 'its symbol table has no table of names');
  const [info, index, value, length] = elf.bits === 32 ? [12, 14, 4, 8] : [4, 6, 8, 16];
  const word = (offset: number): bigint => (elf.bits === 32 ? BigInt(reader.u32(offset)) : reader.u64(offset));
  const symbols: RawSymbol[] = [];
  for (let at = table.offset; at + size <= table.offset + Number(table.size); at += size) {
    const about = elf.bytes[at + info] ?? 0;
    const place = reader.u16(at + index);
    const kind = kindOf(about & 0xf, elf.sections[place]);
    if (kind === null || place === INDEX.undefined || place === INDEX.absolute || place === INDEX.common) continue;
    const name = textOf(reader, strings, reader.u32(at));
    if (!isName(name)) continue;
    const address = word(at + value);
    const section = place === INDEX.extended ? undefined : elf.sections[place];
    symbols.push({
      name,
      // Bit 0 of an ARM function's address says that it is Thumb code.
      address: elf.machine === MACHINE_ARM && kind === 'function' ? address & ~1n : address,
      sizeBytes: word(at + length),
      kind,
      global: about >> 4 !== BIND_LOCAL,
      limit: section === undefined ? null : section.address + section.size,
    });
  }
  return symbols;
}

/** A label without a type in a section with code is what assemblers make of a function. Null for files, sections and threads' variables. */
function kindOf(type: number, section: ElfSection | undefined): RawSymbol['kind'] | null {
  if (type === KIND.function) return 'function';
  if (type === KIND.object) return 'object';
  if (type !== KIND.none) return null;
  return section?.executable === true ? 'label' : 'object';
}

/** ARM's mapping symbols ($a, $d, $t) and compilers' local labels (.L…) name no place for people. */
function isName(name: string): boolean {
  return name !== '' && !/^\$[adtx](\.|$)/.test(name) && !name.startsWith('.L');
}
