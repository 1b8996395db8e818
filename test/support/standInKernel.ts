import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOAD_ADDRESS = 0x10_0000;

/** Waits until the first 16550 takes a byte: mov dx,0x3fd; again: in al,dx; test al,0x20; jz again; mov dx,0x3f8. */
const awaitTransmitter = [0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xfb, 0x66, 0xba, 0xf8, 0x03];
const LOOP = (length: number): number[] => [0xeb, 256 - length - 2];

/** 32-bit code for a PC, each a few bytes by hand so that no compiler is needed. */
const codes = {
  /** cli; hlt; and again. */
  silent: [0xfa, 0xf4, 0xeb, 0xfd],
  /** Prints `a` for ever and never ends the line: mov al,'a'; out dx,al. */
  endlessLine: [...awaitTransmitter, 0xb0, 0x61, 0xee, ...LOOP(awaitTransmitter.length + 3)],
  /** Prints all byte values over and over, so escape characters and invalid UTF-8 too: mov al,bl; inc bl; out dx,al. */
  everyByte: [...awaitTransmitter, 0x88, 0xd8, 0xfe, 0xc3, 0xee, ...LOOP(awaitTransmitter.length + 5)],
  /** Prints 5,000 bytes of all values without ever asking whether they can be taken: mov ecx,5000; mov dx,0x3f8; again: mov al,bl; inc bl; out dx,al; loop again; cli; hlt. */
  impatient: [0xb9, 0x88, 0x13, 0, 0, 0x66, 0xba, 0xf8, 0x03, 0x88, 0xd8, 0xfe, 0xc3, 0xee, 0xe2, 0xf9, 0xfa, 0xf4, 0xeb, 0xfd],
  /** Writes `x` to the second port, then `y` to the first: mov dx,0x2f8; mov al,'x'; out; mov dx,0x3f8; mov al,'y'; out; hlt. */
  twoPorts: [0x66, 0xba, 0xf8, 0x02, 0xb0, 0x78, 0xee, 0x66, 0xba, 0xf8, 0x03, 0xb0, 0x79, 0xee, 0xfa, 0xf4, 0xeb, 0xfd],
};

/**
 * Writes a Multiboot kernel that does one thing, and answers its path. It is a flat file with the address fields of the
 * Multiboot header (Multiboot Specification 0.6.96, 3.1.3).
 */
export function writeStandInKernel(directory: string, name: keyof typeof codes): string {
  const code = Buffer.from(codes[name]);
  const header = Buffer.alloc(32);
  const flags = 0x0001_0000;
  const end = LOAD_ADDRESS + header.length + code.length;
  const words = [0x1bad_b002, flags, (2 ** 32 - 0x1bad_b002 - flags) >>> 0, LOAD_ADDRESS, LOAD_ADDRESS, end, end, LOAD_ADDRESS + header.length];
  for (const [at, word] of words.entries()) header.writeUInt32LE(word, at * 4);
  const path = join(directory, `${name}.kernel`);
  writeFileSync(path, Buffer.concat([header, code]));
  return path;
}
