/** A file name for something of a guest: letters and digits of its name, what it is, and the ending. */
export function fileNameOf(guest: string, what: string, ending: string): string {
  return `${guest.replaceAll(/[^\p{L}\p{N}-]+/gu, '-')}-${what}.${ending}`;
}
