import type { TextCodec } from '../../core/consoles/search.ts';

/** Bytes that are no UTF-8 become U+FFFD. */
export const textCodec: TextCodec = {
  toText: (binary) => Buffer.from(binary, 'latin1').toString('utf8'),
  toBinary: (text) => Buffer.from(text, 'utf8').toString('latin1'),
};
