import type { RawSymbol } from './symbolTable.ts';

/*
 * Linux keeps the names of its own places in itself (CONFIG_KALLSYMS), so that its messages can name functions. A kernel that was stripped
 * still has them. The tables are those that scripts/kallsyms.c of Linux writes, little-endian:
 *
 *   offsets, relative base [up to 6.3]
 *   number of symbols, names, markers, [from 6.2 to 6.3, and 6.1.x: their order by name], token table, token index
 *   [from 6.4 on] offsets, relative base
 *
 * Nothing says where they lie. The token index is found by what must be in it, and the others lie before and behind it.
 */

const TOKENS = 256;
/** One marker in so many symbols says where their names begin. */
const SYMBOLS_PER_MARKER = 256;
/** No kernel has fewer; a match with fewer is chance. */
const FEWEST = 1_000;
/** Names of one stretch between markers take at least two bytes each, and less than this. */
const SHORTEST_STRETCH = 2 * SYMBOLS_PER_MARKER;
const LONGEST_STRETCH = 65_536;
/** Markers and the order of the names, of a kernel with a million symbols. */
const MOST_BETWEEN = 4_000_000;
const DIGITS = Uint8Array.from(Array.from('0123456789', (digit) => [digit.charCodeAt(0), 0]).flat());
const FIRST_DIGIT = '0'.charCodeAt(0);

interface Kernel {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes of an address, to which the tables are aligned. */
  readonly wordBytes: 4 | 8;
}

interface Tokens {
  readonly texts: readonly string[];
  readonly begin: number;
  readonly end: number;
}

interface Names {
  readonly begin: number;
  readonly count: number;
  /** Where the field of the count begins. */
  readonly countAt: number;
}

/** The symbols that a Linux kernel brings in itself; null when there are none to be found. */
export function kallsyms(bytes: Uint8Array, wordBytes: 4 | 8): RawSymbol[] | null {
  const kernel: Kernel = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), wordBytes };
  for (let digits = indexOf(bytes, DIGITS, 0); digits !== -1; digits = indexOf(bytes, DIGITS, digits + 1)) {
    const tokens = tokensAround(kernel, digits);
    const names = tokens === null ? null : namesBefore(kernel, tokens);
    const addresses = tokens === null || names === null ? null : addressesOf(kernel, tokens, names);
    if (tokens !== null && names !== null && addresses !== null) return symbolsOf(kernel, tokens, names, addresses);
  }
  return null;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0] ?? 0, from); at !== -1; at = bytes.indexOf(wanted[0] ?? 0, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

/** A digit that no token replaces stands for itself, so ten tokens of one digit lie side by side; the index behind the table says where it begins. */
function tokensAround({ bytes, view }: Kernel, digits: number): Tokens | null {
  let tableEnd = digits;
  for (let token = FIRST_DIGIT; token < TOKENS; token++) tableEnd = bytes.indexOf(0, tableEnd) + 1;
  for (const to of [4, 8]) {
    const index = aligned(tableEnd, to);
    if (index + 2 * TOKENS > bytes.length) continue;
    const begin = digits - view.getUint16(index + 2 * FIRST_DIGIT, true);
    const texts = textsOf(bytes, begin);
    if (texts !== null && isIndexOf(view, index, texts)) return { texts, begin, end: index + 2 * TOKENS };
  }
  return null;
}

function textsOf(bytes: Uint8Array, begin: number): string[] | null {
  if (begin < 0) return null;
  const texts: string[] = [];
  let at = begin;
  while (texts.length < TOKENS) {
    const end = bytes.indexOf(0, at);
    if (end === -1 || end - at > LONGEST_TOKEN) return null;
    texts.push(String.fromCharCode(...bytes.subarray(at, end)));
    at = end + 1;
  }
  return texts;
}

const LONGEST_TOKEN = 512;

function isIndexOf(view: DataView, index: number, texts: readonly string[]): boolean {
  let offset = 0;
  return texts.every((text, token) => {
    const agrees = view.getUint16(index + 2 * token, true) === offset;
    offset += text.length + 1;
    return agrees;
  });
}

/** Going back from the tokens: markers; before those the names, and before them how many they are. */
function namesBefore(kernel: Kernel, tokens: Tokens): Names | null {
  for (const markers of markersBefore(kernel, tokens.begin)) {
    const names = namesOf(kernel, markers);
    if (names !== null) return names;
  }
  return null;
}

interface Markers {
  readonly begin: number;
  /** At least all of them: what follows may look like one more. */
  readonly values: readonly number[];
}

/** Numbers that rise from 0 by what so many names may need. */
function* markersBefore({ view }: Kernel, end: number): Generator<Markers> {
  const limit = Math.max(0, end - MOST_BETWEEN);
  for (let begin = Math.floor(end / 4) * 4 - 4; begin >= limit; begin -= 4) {
    if (view.getUint32(begin, true) !== 0) continue;
    const values = [0];
    for (let at = begin + 4; at + 4 <= end; at += 4) {
      const [value, before] = [view.getUint32(at, true), values.at(-1) ?? 0];
      if (value - before < SHORTEST_STRETCH || value - before > LONGEST_STRETCH) break;
      values.push(value);
    }
    if (values.length * SYMBOLS_PER_MARKER >= FEWEST) yield { begin, values };
  }
}

function namesOf({ bytes, view, wordBytes }: Kernel, { begin: end, values }: Markers): Names | null {
  const [highest, lowest] = [end - (values.at(-3) ?? 0), end - (values.at(-1) ?? 0) - LONGEST_STRETCH];
  for (let begin = Math.floor(highest / 4) * 4; begin > Math.max(wordBytes, lowest); begin -= 4) {
    for (const countAt of [begin - wordBytes, begin - 4]) {
      const count = view.getUint32(countAt, true);
      const markers = Math.ceil(count / SYMBOLS_PER_MARKER);
      if (count >= FEWEST && markers <= values.length && markers >= values.length - 2 && marksMeet(bytes, begin, values.slice(0, markers))) return { begin, count, countAt };
    }
  }
  return null;
}

/** Where the name behind this one begins: its length is one byte, or two when the first one's high bit is set. */
function behindName(bytes: Uint8Array, at: number): { readonly from: number; readonly end: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { from: at + 1, end: at + 1 + first };
  const length = (first & 0x7f) | ((bytes[at + 1] ?? 0) << 7);
  return { from: at + 2, end: at + 2 + length };
}

/** The first markers must be where the names say; a wrong begin meets none of them. */
function marksMeet(bytes: Uint8Array, begin: number, markers: readonly number[]): boolean {
  let at = begin;
  for (let name = 0; name < SYMBOLS_PER_MARKER * Math.min(3, markers.length - 1); name++) {
    if (name % SYMBOLS_PER_MARKER === 0 && at - begin !== markers[name / SYMBOLS_PER_MARKER]) return false;
    at = behindName(bytes, at).end;
  }
  return true;
}

/** Offsets from a base, before the count or behind the tokens; the base must be an address that the kernel can be linked to. */
function addressesOf(kernel: Kernel, tokens: Tokens, { count, countAt }: Names): ((at: number) => bigint) | null {
  const { wordBytes } = kernel;
  const bytes = aligned(4 * count, wordBytes);
  const before = { offsets: countAt - wordBytes - bytes, base: countAt - wordBytes };
  const behindTokens = aligned(tokens.end, wordBytes);
  const behind = { offsets: behindTokens, base: behindTokens + bytes };
  for (const { offsets, base } of [before, behind]) {
    const from = baseAt(kernel, base);
    if (offsets >= 0 && from !== null) return offsetReader(kernel, offsets, count, from);
  }
  return null;
}

/** A kernel lies in the upper half, at the begin of a page. */
function baseAt({ bytes, view, wordBytes }: Kernel, at: number): bigint | null {
  if (at < 0 || at + wordBytes > bytes.length) return null;
  const base = wordBytes === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
  const lowest = wordBytes === 8 ? 0xffff_8000_0000_0000n : 0x4000_0000n;
  return base >= lowest && (base & 0xfffn) === 0n ? base : null;
}

/** With CONFIG_KALLSYMS_ABSOLUTE_PERCPU a negative number is an offset less one, and any other is an address of a CPU's own variable. */
function offsetReader({ view, wordBytes }: Kernel, at: number, count: number, base: bigint): (symbol: number) => bigint {
  const read = (symbol: number): number => view.getInt32(at + 4 * symbol, true);
  let negative = 0;
  for (let symbol = 0; symbol < count; symbol++) if (read(symbol) < 0) negative += 1;
  if (wordBytes === 4 || negative * 2 < count) return (symbol) => BigInt.asUintN(8 * wordBytes, base + BigInt(read(symbol) >>> 0));
  return (symbol) => (read(symbol) < 0 ? base - 1n - BigInt(read(symbol)) : BigInt(read(symbol)));
}

function symbolsOf({ bytes }: Kernel, { texts }: Tokens, { begin, count }: Names, addressOf: (symbol: number) => bigint): RawSymbol[] {
  const symbols: RawSymbol[] = [];
  let at = begin;
  for (let number = 0; number < count; number++) {
    const { from, end } = behindName(bytes, at);
    let text = '';
    for (let byte = from; byte < end; byte++) text += texts[bytes[byte] ?? 0] ?? '';
    at = end;
    // The first letter is the type, as nm(1) has it; an absolute value is no place.
    const type = text.charAt(0);
    if (/[aA?]/.test(type) || text.length < 2) continue;
    symbols.push({ name: text.slice(1), address: addressOf(number), sizeBytes: null, kind: /[tTwW]/.test(type) ? 'function' : 'object', global: type === type.toUpperCase(), limit: null });
  }
  return symbols;
}
