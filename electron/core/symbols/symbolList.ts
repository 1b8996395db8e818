import { DeclaredError } from '../../contract/errors.ts';
import { unreadable } from './byteReader.ts';
import { makeSymbolTable, type RawSymbol, type SymbolTable } from './symbolTable.ts';

/** `ADDRESS TYPE NAME`, as nm(1) and Linux's System.map and /proc/kallsyms have it; nm -S puts the size second, kallsyms the module last. */
const line = /^([0-9a-fA-F]{1,16})(?: ([0-9a-fA-F]{8,16}))? ([A-Za-z?-]) (\S+)(?:\s+\[\S+\])?$/;
/** A file is called a list when its first lines are; more is not read of another one. */
const LOOKED_AT = 50;

/** nm's types (nm(1)): t text, w and v weak, i indirect function; d b r s g and u data. An absolute value (a) is no place. */
function kindOf(type: string): RawSymbol['kind'] | null {
  if (/[tTWwi]/.test(type)) return 'function';
  return /[dDbBrRsSgGvVu]/.test(type) ? 'object' : null;
}

/**
 * The symbols of a list of text. Lines of undefined symbols and empty ones are passed over. Throws SYMBOLS_UNREADABLE when the text is no
 * such list, and SYMBOLS_STRIPPED for a list without any address (Linux hides them in kallsyms from all but root).
 */
export function readSymbolList(file: string, text: string): SymbolTable {
  const symbols: RawSymbol[] = [];
  let number = 0;
  for (const words of text.split('\n')) {
    number++;
    const found = line.exec(words.trimEnd());
    if (found === null) {
      if (/^\s*$/.test(words) || /^\s+[Uw] \S+$/.test(words.trimEnd())) continue;
      if (number <= LOOKED_AT || symbols.length === 0) throw unreadable(file, `line ${number} is not an address, a type and a name: ${JSON.stringify(words.slice(0, 80))}`);
      throw unreadable(file, `line ${number} is damaged or cut: ${JSON.stringify(words.slice(0, 80))}`);
    }
    const [, address = '', size, type = '', name = ''] = found;
    const kind = kindOf(type);
    if (kind === null || name.startsWith('.L') || name.startsWith('$')) continue;
    symbols.push({ name, address: BigInt(`0x${address}`), sizeBytes: size === undefined ? null : BigInt(`0x${size}`), kind, global: type === type.toUpperCase(), limit: null });
  }
  if (symbols.length === 0) throw unreadable(file, 'it names no place');
  if (symbols.every(({ address }) => address === 0n)) throw new DeclaredError('SYMBOLS_STRIPPED', { file, found: 'every address in it is 0: they were hidden from the user who read them' });
  return makeSymbolTable(file, symbols);
}
