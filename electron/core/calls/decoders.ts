import type { CallNames } from './callNames.ts';
import type { CallDecoder } from './decodedCall.ts';
import { linuxArmDecoder, linuxI386Decoder, linuxX8664Decoder } from './linux.ts';
import { machDecoder } from './mach.ts';
import { minix2Decoder } from './minix2.ts';
import { minix3Decoder } from './minix3.ts';

/** Makes a decoder of the names it needs, the first of which are its own. */
type Make = (...names: CallNames[]) => CallDecoder;

/** Which names each decoder needs, by its id. */
const makers: Readonly<Record<string, { readonly names: readonly string[]; readonly make: Make }>> = {
  builtin: { names: ['builtin'], make: one(minix3Decoder) },
  'minix-3.4': { names: ['minix-3.4'], make: one(minix3Decoder) },
  'minix-3.2': { names: ['minix-3.2'], make: one(minix3Decoder) },
  'minix-3.1': { names: ['minix-3.1'], make: one(minix3Decoder) },
  'minix-2': { names: ['minix-2'], make: one(minix2Decoder) },
  mach: { names: ['mach', 'hurd'], make: two(machDecoder) },
  'linux-x86_64': { names: ['linux-x86_64', 'linux-i386'], make: two(linuxX8664Decoder) },
  'linux-i386': { names: ['linux-i386'], make: one(linuxI386Decoder) },
  'linux-arm': { names: ['linux-arm'], make: one(linuxArmDecoder) },
};

export const decoderIds: readonly string[] = Object.keys(makers);

/** The decoder with that id, of the names that were loaded; null when it is not known, or names that it needs are missing. */
export function decoderOf(id: string, loaded: readonly CallNames[]): CallDecoder | null {
  const maker = makers[id];
  const names = maker?.names.map((wanted) => loaded.find((one) => one.id === wanted)) ?? [];
  const complete = names.filter((one) => one !== undefined);
  return maker === undefined || complete.length < names.length ? null : maker.make(...complete);
}

function one(make: (names: CallNames) => CallDecoder): Make {
  return (first) => make(needed(first));
}

function two(make: (first: CallNames, second: CallNames) => CallDecoder): Make {
  return (first, second) => make(needed(first), needed(second));
}

function needed(names: CallNames | undefined): CallNames {
  if (names === undefined) throw new Error('a decoder was made without its names');
  return names;
}
