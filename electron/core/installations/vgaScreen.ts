/** The text mode of a VGA card: 25 rows of 80 cells, each a character and its colours, at 0xB8000. */
export const vgaText = { address: 0xb8000, columns: 80, rows: 25, bytes: 4_000 } as const;

/** Code page 437, in which a PC's font has its characters. A zero shows nothing. */
const upper =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';
const lower = ' ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼';

function character(code: number): string {
  if (code < 0x20) return lower[code] ?? ' ';
  if (code < 0x7f) return String.fromCharCode(code);
  return code === 0x7f ? '⌂' : (upper[code - 0x80] ?? ' ');
}

/** The lines of a screen from a copy of its memory, without the spaces at their ends. */
export function decodeVgaText(memory: Uint8Array): string[] {
  const { columns, rows } = vgaText;
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, column) => character(memory[(row * columns + column) * 2] ?? 0));
    return cells.join('').trimEnd();
  });
}
